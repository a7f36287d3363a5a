"""The thin client of orchestratord: the standard library and typer, nothing else."""
