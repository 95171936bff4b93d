"""The seccomp layer: a list of the system calls that a submission may make, and of what with.

What computing, threads and files need is allowed. What reaches other processes, the network or the system answers
EPERM, so that a learner sees ``PermissionError``; everything else, calls of tomorrow included, answers ENOSYS. Files
are Landlock's business; here are the changes to them that Landlock does not see, such as their modes.
"""

from __future__ import annotations

import ctypes
import errno
import platform
import struct

from tutor.engine.sandbox import kernel
from tutor.engine.sandbox.syscalls import AUDIT_ARCH, numbers

ALLOWED = """
read write close stat fstat lstat poll lseek mmap mprotect munmap brk rt_sigaction rt_sigprocmask rt_sigreturn
pread64 pwrite64 readv writev access pipe select sched_yield mremap msync mincore madvise dup dup2 pause
nanosleep getitimer alarm setitimer getpid sendfile sendto recvfrom exit wait4 uname flock fsync fdatasync
ftruncate getdents getcwd chdir fchdir rename mkdir rmdir creat link unlink symlink readlink umask gettimeofday
getrlimit getrusage sysinfo times getuid getgid geteuid getegid getppid getpgrp getgroups getresuid getresgid
getpgid getsid capget rt_sigpending rt_sigtimedwait rt_sigsuspend sigaltstack mknod statfs fstatfs getpriority
sched_getparam sched_getscheduler sched_get_priority_max sched_get_priority_min sched_rr_get_interval mlock
munlock arch_prctl gettid readahead time futex sched_getaffinity epoll_create getdents64 set_tid_address
restart_syscall fadvise64 timer_create timer_settime timer_gettime timer_getoverrun timer_delete clock_gettime
clock_getres clock_nanosleep exit_group epoll_wait epoll_ctl waitid mkdirat mknodat newfstatat unlinkat renameat
linkat symlinkat readlinkat faccessat pselect6 ppoll set_robust_list get_robust_list sync_file_range epoll_pwait
signalfd timerfd_create eventfd fallocate timerfd_settime timerfd_gettime signalfd4 eventfd2 epoll_create1 dup3
pipe2 preadv pwritev getcpu renameat2 getrandom membarrier mlock2 copy_file_range preadv2 pwritev2 statx rseq
close_range faccessat2 epoll_pwait2 futex_waitv
"""

REFUSED = """
socket connect accept accept4 sendmsg recvmsg sendmmsg recvmmsg shutdown bind listen getsockname getpeername
socketpair setsockopt getsockopt fork vfork execve execveat ptrace process_vm_readv process_vm_writev
process_madvise process_mrelease kcmp pidfd_open pidfd_getfd pidfd_send_signal tkill rt_sigqueueinfo
rt_tgsigqueueinfo chmod fchmod fchmodat fchmodat2 chown fchown lchown fchownat utime utimes utimensat futimesat
truncate setxattr lsetxattr fsetxattr removexattr lremovexattr fremovexattr setrlimit setpriority sched_setparam
sched_setscheduler sched_setattr ioprio_set setpgid setsid setuid setgid setreuid setregid setresuid setresgid
setgroups setfsuid setfsgid capset personality shmget shmat shmctl shmdt semget semop semctl semtimedop msgget
msgsnd msgrcv msgctl mq_open mq_unlink memfd_create memfd_secret unshare setns mount umount2 pivot_root chroot
move_mount open_tree fsopen fsconfig fsmount fspick mount_setattr swapon swapoff quotactl quotactl_fd acct bpf
perf_event_open userfaultfd add_key request_key keyctl io_uring_setup io_uring_enter io_uring_register io_setup
io_submit seccomp landlock_create_ruleset landlock_add_rule landlock_restrict_self name_to_handle_at
open_by_handle_at fanotify_init fanotify_mark inotify_init inotify_init1 inotify_add_watch lookup_dcookie
init_module finit_module delete_module kexec_load kexec_file_load reboot syslog iopl ioperm modify_ldt
settimeofday clock_settime adjtimex clock_adjtime sethostname setdomainname vhangup migrate_pages move_pages
mbind set_mempolicy sync syncfs
"""

# The rest depends on an argument. clone3, whose arguments a filter cannot see, is unknown here: the C library then
# falls back to clone.
CLONE_VM, CLONE_THREAD = 0x100, 0x10000
CLONE_NEW = 0x20000 | 0x02000000 | 0x04000000 | 0x08000000 | 0x10000000 | 0x20000000 | 0x40000000
O_ACCMODE, O_TRUNC = 0o3, 0o1000
PR_SET_NAME, PR_GET_NAME, PR_SET_VMA = 15, 16, 0x53564D41
IOCTLS = (0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)  # TCGETS TIOCGWINSZ FIONREAD FIONBIO FIONCLEX FIOCLEX
FCNTLS = (0, 1, 2, 3, 4, 5, 6, 7, 36, 37, 38, 1030, 1032)  # no F_SETOWN, F_SETSIG, F_SETLEASE, F_NOTIFY

LOAD, AND = 0x20, 0x54
JUMP_IF_EQUAL, JUMP_IF_AT_LEAST = 0x15, 0x35
RETURN = 0x06
ALLOW = 0x7FFF0000
REFUSE = 0x00050000 | errno.EPERM
UNKNOWN = 0x00050000 | errno.ENOSYS
KILL = 0x80000000
NUMBER_AT, ARCHITECTURE_AT, ARGUMENTS_AT = 0, 4, 16
X32 = 0x40000000

MODE_FILTER = 2

Program = bytes


def supported() -> bool:
    """Whether there is a list for this machine's architecture."""
    return platform.machine() in AUDIT_ARCH and struct.calcsize("P") == 8


def program(pid: int, machine: str | None = None) -> Program:
    """The filter for the process ``pid``, as the kernel's BPF.

    Args:
        pid: the process that will be under it; it may send signals to itself alone.
        machine: as :func:`platform.machine` names it; by default this one.
    """
    machine = machine or platform.machine()
    number = numbers(machine)
    code = [_step(LOAD, ARCHITECTURE_AT), _step(JUMP_IF_EQUAL, AUDIT_ARCH[machine], 1, 0), _step(RETURN, KILL)]
    code.append(_step(LOAD, NUMBER_AT))
    if machine == "x86_64":
        code += [_step(JUMP_IF_AT_LEAST, X32, 0, 1), _step(RETURN, REFUSE)]
    for name, body in _depending(pid).items():
        if name in number:
            code += [_step(JUMP_IF_EQUAL, number[name], 0, len(body)), *body]
    for names, answer in ((ALLOWED, ALLOW), (REFUSED, REFUSE)):
        for name in names.split():
            if name in number:
                code += [_step(JUMP_IF_EQUAL, number[name], 0, 1), _step(RETURN, answer)]
    return b"".join([*code, _step(RETURN, UNKNOWN)])


def install(filter: Program) -> None:  # noqa: A002 - the kernel's own word
    """Put the calling thread under a filter, for good; new rights must have been refused before.

    Raises:
        OSError: the kernel refuses.
    """
    code = ctypes.create_string_buffer(filter)
    header = ctypes.create_string_buffer(struct.pack("HP", len(filter) // 8, ctypes.addressof(code)))
    kernel.prctl(kernel.PR_SET_SECCOMP, MODE_FILTER, ctypes.c_void_p(ctypes.addressof(header)))


def why_off(error: OSError) -> str:
    """Why the kernel refuses, in words."""
    match error.errno:
        case errno.EINVAL | errno.ENOSYS:
            return "this kernel was built without seccomp filters"
        case errno.EPERM | errno.EACCES:
            return "this system (a container, perhaps) forbids seccomp filters"
    return f"seccomp cannot be used: {error.strerror or error}"


def _depending(pid: int) -> dict[str, list[bytes]]:
    """For each call that depends on its arguments, what decides; every one of these ends in an answer."""
    own, any_group = (pid,), (0, pid)
    names = (PR_SET_NAME, PR_GET_NAME, PR_SET_VMA)
    return {
        "open": _not_truncated_unwritten(1),
        "openat": _not_truncated_unwritten(2),
        "clone": [
            _argument(0),
            _step(AND, CLONE_VM | CLONE_THREAD | CLONE_NEW),
            _step(JUMP_IF_EQUAL, CLONE_VM | CLONE_THREAD, 0, 1),
            _step(RETURN, ALLOW),
            _step(RETURN, REFUSE),
        ],
        "kill": _one_of(0, any_group),
        "tgkill": _one_of(0, own),
        "sched_setaffinity": _one_of(0, any_group),
        "prctl": _one_of(0, names),
        "ioctl": _one_of(1, IOCTLS),
        "fcntl": _one_of(1, FCNTLS),
        # Reading a limit: no new one is given, in neither half of the pointer.
        "prlimit64": [
            _argument(2),
            _step(JUMP_IF_EQUAL, 0, 0, 3),
            _argument(2, high=True),
            _step(JUMP_IF_EQUAL, 0, 0, 1),
            _step(RETURN, ALLOW),
            _step(RETURN, REFUSE),
        ],
    }


def _one_of(position: int, values: tuple[int, ...]) -> list[bytes]:
    """Allowed only with one of these as an argument. The kernel too looks at the lower half alone."""
    tests = [step for value in values for step in (_step(JUMP_IF_EQUAL, value, 0, 1), _step(RETURN, ALLOW))]
    return [_argument(position), *tests, _step(RETURN, REFUSE)]


def _not_truncated_unwritten(position: int) -> list[bytes]:
    """Allowed unless a file is opened for reading and emptied by it, which an older Landlock does not see."""
    return [
        _argument(position),
        _step(AND, O_TRUNC | O_ACCMODE),
        _step(JUMP_IF_EQUAL, O_TRUNC, 0, 1),
        _step(RETURN, REFUSE),
        _step(RETURN, ALLOW),
    ]


def _argument(position: int, *, high: bool = False) -> bytes:
    return _step(LOAD, ARGUMENTS_AT + 8 * position + (4 if high else 0))


def _step(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, value)
