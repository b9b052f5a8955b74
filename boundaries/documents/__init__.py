"""Documents an office files, made from frozen evidence only: what is printed is what was checked."""
