"""The offline wing: listening history in, a trained model out."""
