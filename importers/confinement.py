"""A process that gives up what it will not need: network, other programs, other files, and more than its share of the machine.

Linux only and by the kernel's own means, so that no privilege is needed: resource limits, seccomp (no sockets, no programs) and,
where the kernel has it, Landlock (no files but those named). What is given up cannot be had back. Imports nothing of the project.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import resource
import struct
from collections.abc import Iterable
from pathlib import Path
from typing import Final

_LIBC: Final = ctypes.CDLL(None, use_errno=True)

# --- seccomp: numbers of the system calls that are refused, by machine
_REFUSED: Final = {
    # socket, socketpair, execve, ptrace, execveat, bpf, io_uring_setup, process_vm_readv, process_vm_writev
    "x86_64": (0xC000003E, (41, 53, 59, 101, 322, 321, 425, 310, 311)),
    "aarch64": (0xC00000B7, (198, 199, 221, 117, 281, 280, 425, 270, 271)),
}
_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _FILTER_MODE = 38, 22, 2
_ALLOW, _ERRNO, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_X32_BIT = 0x40000000  # a second numbering of the same calls on x86_64

# --- Landlock
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1, 2, 4, 8
_OF_VERSION: Final = {1: 0x1FFF, 2: 0x3FFF, 3: 0x7FFF, 4: 0x7FFF, 5: 0xFFFF}


def limit_resources(*, memory_bytes: int, seconds: int, file_bytes: int) -> None:
    """Address space, processor time (then the kernel kills), size of any file written; no core dumps."""
    for what, value in (
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, file_bytes),
        (resource.RLIMIT_CORE, 0),
    ):
        _soft, hard = resource.getrlimit(what)
        wanted = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(what, (wanted, wanted))


def refuse_network_and_programs() -> bool:
    """Sockets of any kind, starting programs and looking into other processes fail from here on with EACCES. False where the
    machine's numbers are not known here.
    """
    known = _REFUSED.get(platform.machine())
    if known is None:
        return False
    architecture, calls = known
    program = [
        (_LOAD, 0, 0, 4),  # the architecture
        (_EQUAL, 1, 0, architecture),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, 0),  # the number of the call
        (_AT_LEAST, len(calls), 0, _X32_BIT),
        *((_EQUAL, len(calls) - position, 0, call) for position, call in enumerate(calls, start=1)),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _ERRNO | errno.EACCES),
    ]
    # Jumps count from the next instruction: a refused number goes past what is left of the list and past the permission.
    program = [
        (code, yes + 1 if code in {_EQUAL, _AT_LEAST} and index > 3 else yes, no, value)
        for index, (code, yes, no, value) in enumerate(program)
    ]
    code = b"".join(struct.pack("=HBBI", *line) for line in program)
    buffer = ctypes.create_string_buffer(code, len(code))
    filters = struct.pack("@HP", len(program), ctypes.addressof(buffer))
    _checked(_LIBC.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
    _checked(_LIBC.prctl(_PR_SET_SECCOMP, _FILTER_MODE, filters, 0, 0))
    return True


def allow_only_files(*, read: Iterable[Path], look: Iterable[Path], write: Iterable[Path]) -> bool:
    """Of all files only these may be opened from here on: `read` (a folder with all below it), `write` (likewise, and changed), and
    of `look` the names in a folder. False where the kernel has no Landlock.
    """
    version = _LIBC.syscall(_CREATE_RULESET, None, 0, 1)
    if version < 1:
        return False
    handled = _OF_VERSION[min(version, 5)]
    attributes = struct.pack("=QQ", handled, 3 if version >= 4 else 0)  # TCP too, where it can be
    size = len(attributes) if version >= 4 else 8
    rules = _checked(_LIBC.syscall(_CREATE_RULESET, attributes, size, 0))
    try:
        for paths, rights in ((read, _READ_FILE | _READ_DIR), (look, _READ_DIR), (write, handled & ~_EXECUTE)):
            for path in paths:
                _allow(rules, path, rights)
        _checked(_LIBC.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
        _checked(_LIBC.syscall(_RESTRICT_SELF, rules, 0))
    finally:
        os.close(rules)
    return True


def _allow(rules: int, path: Path, rights: int) -> None:
    try:
        handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return  # what is not there need not be allowed
    try:
        if not path.is_dir():
            rights &= _READ_FILE | _WRITE_FILE
        if rights:
            _checked(_LIBC.syscall(_ADD_RULE, rules, 1, struct.pack("=Qi", rights, handle), 0))
    finally:
        os.close(handle)


def _checked(answer: int) -> int:
    if answer < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return answer
