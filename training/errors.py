"""What can stop a training run, as one tree: every message is one line that names the cause and the cure."""


class TrainingError(Exception):
    """Any fault that ends training. `exit_code` is what the command returns to its shell."""

    exit_code = 1


class DataError(TrainingError):
    """The listening history cannot be used: which file, what is wrong, what was expected."""

    exit_code = 2


class UsageError(TrainingError):
    """Options that contradict each other or cannot be meant."""

    exit_code = 2


class Stopped(TrainingError):
    """Interrupted before a single trial was finished: there is nothing to save."""

    exit_code = 130
