/** What docs/errors.md says about a code: `when` is the cause, `hint` is what the caller can do about it. */
interface ErrorEntry {
  readonly when: string;
  readonly hint: string;
}

/**
 * Causes and hints by code. The codes are the kernel's own (errno(3)); an argument that this package rejects
 * before the kernel sees it is EINVAL. `npm run docs:errors` writes docs/errors.md from this table.
 */
export const errorTable: Readonly<Record<string, ErrorEntry>> = {
  EACCES: {
    when: 'The process may not do this.',
    hint: 'run as root, or with CAP_NET_ADMIN (and CAP_SYS_ADMIN for namespaces)',
  },
  EADDRNOTAVAIL: {
    when: 'The link does not have the address.',
    hint: 'addresses() lists the addresses of the link',
  },
  EBADF: {
    when: 'The `Rtnetlink` was closed before.',
    hint: 'open another Rtnetlink',
  },
  EBADMSG: {
    when: 'This package cannot read an answer of the kernel.',
    hint: 'please report it with the kernel version',
  },
  EBUSY: {
    when: 'The link is in use.',
    hint: 'a link must be down (or not yet a port of another master) for this change',
  },
  EEXIST: {
    when: 'The link, address, route or namespace exists already.',
    hint: 'delete it first, or use another name or value',
  },
  EINTR: {
    when: 'Links, addresses or routes kept changing while they were listed.',
    hint: 'list them again',
  },
  EINVAL: {
    when: 'A name is longer than 15 bytes, a MAC address or CIDR is malformed, or the kernel refuses a value.',
    hint: 'correct the value; kernelMessage, where it is set, says which',
  },
  EMFILE: {
    when: 'This process has too many open files.',
    hint: 'raise its limit (RLIMIT_NOFILE) or close some',
  },
  ENETDOWN: {
    when: 'The link of a route is down.',
    hint: 'bring the link up first: setLink(link, { up: true })',
  },
  ENETUNREACH: {
    when: 'No link that is up reaches the gateway of a route.',
    hint: 'bring the link up and give it an address first, or set onlink',
  },
  ENFILE: {
    when: 'The system has too many open files.',
    hint: 'raise fs.file-max',
  },
  ENODEV: {
    when: 'This network namespace has no such link.',
    hint: 'links() lists the links of the namespace',
  },
  ENOENT: {
    when: 'The path or the network namespace does not exist, or the kernel has no such traffic control.',
    hint: 'listNetns() lists the named network namespaces; dropReceived needs the modules sch_ingress and cls_bpf',
  },
  ENOMEM: {
    when: 'The kernel is out of memory.',
    hint: 'free some memory',
  },
  ENOPROTOOPT: {
    when: 'The kernel does not know an option of netlink sockets.',
    hint: 'use Linux 5.0 or newer',
  },
  ENOSPC: {
    when: '`/run` is full, or a limit of the kernel is reached (`user.max_net_namespaces`).',
    hint: 'no space is left: make room on /run, or raise user.max_net_namespaces',
  },
  ENOSYS: {
    when: 'The kernel has no bpf(2).',
    hint: 'use a kernel with CONFIG_BPF_SYSCALL',
  },
  ENOTCONN: {
    when: 'The peer of a veth was to be up when it was created.',
    hint: 'create the peer down and bring it up afterwards',
  },
  ENOTDIR: {
    when: 'A part of a path is not a directory.',
    hint: 'correct the path',
  },
  EOPNOTSUPP: {
    when: 'This kind of link cannot do that, or the kernel lacks the module.',
    hint: 'load the module (veth, bridge), or use another kind of link',
  },
  EPERM: {
    when: 'The process may not do this.',
    hint: 'run as root, or with CAP_NET_ADMIN (and CAP_SYS_ADMIN for namespaces)',
  },
  ERANGE: {
    when: 'A value is out of range.',
    hint: 'correct the value; kernelMessage, where it is set, says which',
  },
  EROFS: {
    when: 'The file system is read-only.',
    hint: '/run must be writable for named network namespaces, and /proc/sys for settings of links',
  },
  ESRCH: {
    when: 'The route does not exist.',
    hint: 'routes() lists the routes',
  },
};
