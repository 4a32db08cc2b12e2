import Glibc

/// How many files and sockets the process may have open.
enum DescriptorLimit {
    /// Raises the limit to what the system allows; a relayed stream takes four sockets.
    static func raise() {
        var limit = rlimit()
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        guard getrlimit(resource, &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        setrlimit(resource, &limit)
    }
}
