"""What the tests of the command line share: one call of it, in this process."""

from smwm_lab.cli import main


def call(capsys, *arguments) -> tuple[int, str, str]:
    """Run the command line; return status, stdout, stderr."""
    try:
        main([str(argument) for argument in arguments])
        status = 0
    except SystemExit as stop:
        status = stop.code or 0
    captured = capsys.readouterr()
    return status, captured.out, captured.err
