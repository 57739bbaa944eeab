"""What happens: people, the register of spells, decrees, returns, the model, the record."""
