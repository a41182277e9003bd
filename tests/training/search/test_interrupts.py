import os
import signal

import pytest

from training.search.interrupts import Interrupts


def interrupt() -> None:
    os.kill(os.getpid(), signal.SIGINT)


def test_an_interrupt_while_something_is_written_waits_for_the_next_computation() -> None:
    interrupts = Interrupts()
    written = False
    with interrupts.handled():
        interrupt()
        written = True
        with pytest.raises(KeyboardInterrupt), interrupts.allowed():
            pytest.fail("the computation began")
    assert written


def test_an_interrupt_ends_a_computation_at_once_and_the_way_out_is_undisturbed() -> None:
    interrupts = Interrupts()
    with interrupts.handled():
        with pytest.raises(KeyboardInterrupt), interrupts.allowed():
            interrupt()
        interrupt()  # a second press, while the first is being dealt with


def test_afterwards_interrupts_are_as_they_were() -> None:
    before = signal.getsignal(signal.SIGINT)
    with Interrupts().handled():
        assert signal.getsignal(signal.SIGINT) is not before
    assert signal.getsignal(signal.SIGINT) is before
