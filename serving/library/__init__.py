"""What a listener chose: seeds and likes."""
