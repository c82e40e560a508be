// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_SQLITE_NAME_LOCK_HPP
#define EVENTSOURCING_ENGINES_SQLITE_NAME_LOCK_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/engines/sqlite/lock_descriptors.hpp>
#include <eventsourcing/engines/sqlite/locking_vfs.hpp>
#include <eventsourcing/engines/sqlite/open_error.hpp>

#include <cerrno>
#include <cstdint>
#include <string>
#include <string_view>
#include <sys/stat.h>
#include <utility>

namespace eventsourcing::detail::sqlite {

/// Makes all stores of a file, in all processes, use the same name for it: the log is next to that
/// name, so users of two names (a mount of the file alone, a hard link) would have two logs.
///
/// Each store holds a read lock on one byte, far after the end of the file, which is chosen by its
/// name. A lock on any other byte of that range belongs to another name.
class NameLock {
public:
    /// `path` is absolute and has no symbolic links.
    [[nodiscard]] static Result<NameLock> take(const std::string& path, const std::string& store) {
        NameLock made;
        if (LockingVfs::name() == nullptr)
            return made; // no such locks here
        made.descriptor_ = LockDescriptors::instance().open(path.c_str(), O_RDONLY);
        if (made.descriptor_ < 0)
            return could_not_open(store, errno);
        const off_t mine = place_of(path);
        if (!set_lock(made.descriptor_, F_RDLCK, range + mine, 1))
            return made; // a file system without locks; SQLite reports that
        if (made.others_use_another_name(mine))
            return used_by_another_name(store);
        return made;
    }

    /// For one who only looks: an error if a store has the file open under another name.
    [[nodiscard]] static Result<void> look(const std::string& path, const std::string& store) {
        NameLock looking;
        if (LockingVfs::name() == nullptr)
            return {};
        looking.descriptor_ = LockDescriptors::instance().open(path.c_str(), O_RDONLY);
        if (looking.descriptor_ < 0)
            return could_not_open(store, errno);
        if (looking.others_use_another_name(place_of(path)))
            return used_by_another_name(store);
        return {};
    }
    /// Whether a store has the file open, under any name.
    [[nodiscard]] static bool is_used(const std::string& path) {
        NameLock looking;
        if (LockingVfs::name() == nullptr)
            return false;
        looking.descriptor_ = LockDescriptors::instance().open(path.c_str(), O_RDONLY);
        return looking.descriptor_ >= 0 &&
               lock_in_the_way(looking.descriptor_, range, range_size + 1, F_UNLCK) != F_UNLCK;
    }

    NameLock(NameLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
    NameLock& operator=(NameLock&&) = delete;
    ~NameLock() { LockDescriptors::instance().close(descriptor_); }

private:
    NameLock() = default;

    [[nodiscard]] bool others_use_another_name(off_t mine) const {
        // What can't be asked (a file system without locks) counts as none.
        return lock_in_the_way(descriptor_, range, mine, F_UNLCK) != F_UNLCK ||
               lock_in_the_way(descriptor_, range + mine + 1, range_size - mine, F_UNLCK) !=
                   F_UNLCK;
    }
    static Error used_by_another_name(const std::string& store) {
        return {errc::unavailable, store +
                                       ": the file is open under another name (a mount of the file "
                                       "alone, or a hard link), next to which it has another log; "
                                       "nothing was done: use one name in all programs; mount the "
                                       "folder, not the file"};
    }

    static constexpr off_t range = off_t{1} << (sizeof(off_t) * 8 - 3);
    static constexpr off_t range_size = off_t{1} << 24;

    /// From 1, so that there is a byte before it.
    static off_t place_of(const std::string& path) {
        const auto slash = path.rfind('/');
        const std::string folder = path.substr(0, slash + 1);
        struct stat found{};
        static_cast<void>(::stat(folder.c_str(), &found));
        std::uint64_t hash = 0xcbf29ce484222325U; // FNV-1a
        const auto add = [&](std::uint64_t value) { hash = (hash ^ value) * 0x100000001b3U; };
        add(std::uint64_t{found.st_dev});
        add(std::uint64_t{found.st_ino});
        for (const char c : std::string_view(path).substr(slash + 1))
            add(static_cast<unsigned char>(c));
        return static_cast<off_t>(1 + (hash ^ hash >> 32U) % std::uint64_t{range_size - 1});
    }

    int descriptor_ = -1;
};

} // namespace eventsourcing::detail::sqlite

#endif
