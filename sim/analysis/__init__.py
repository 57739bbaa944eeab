"""What it means: measures, estimates, paired differences and what they rest on."""
