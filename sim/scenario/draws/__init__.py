"""What is not known, as ranges and switches, and draws from them."""
