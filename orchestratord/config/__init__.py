"""What the operator has written down: read, checked as a whole, explained, compared and shown.

load.py reads a file and the environment into a ``Configuration`` (schema.py) or says every fault at once;
places.py knows where the daemon's files are; difference.py compares two; public.py shows one without its secrets;
json_schema.py describes what may be written.
"""
