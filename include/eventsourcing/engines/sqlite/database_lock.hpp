// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_SQLITE_DATABASE_LOCK_HPP
#define EVENTSOURCING_ENGINES_SQLITE_DATABASE_LOCK_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/engines/sqlite/lock_descriptors.hpp>

#include <sqlite3.h>

namespace eventsourcing::detail::sqlite {

/// The locks of one connection on the database file, at the bytes that all programs with SQLite
/// use, but held by a descriptor of its own.
class DatabaseLock {
public:
    explicit DatabaseLock(int descriptor) : descriptor_(descriptor) {}

    /// SQLite's xLock: to a higher level, SHARED, RESERVED or EXCLUSIVE.
    [[nodiscard]] int lock(int wanted) noexcept {
        if (level_ >= wanted)
            return SQLITE_OK;
        if (wanted == SQLITE_LOCK_SHARED) {
            if (!set_lock(descriptor_, F_RDLCK, pending, 1))
                return SQLITE_BUSY;
            const bool got = set_lock(descriptor_, F_RDLCK, shared, shared_count);
            set_lock(descriptor_, F_UNLCK, pending, 1);
            return got ? reach(SQLITE_LOCK_SHARED) : SQLITE_BUSY;
        }
        if (wanted == SQLITE_LOCK_RESERVED)
            return set_lock(descriptor_, F_WRLCK, reserved, 1) ? reach(SQLITE_LOCK_RESERVED)
                                                               : SQLITE_BUSY;
        // PENDING keeps new readers out until the present ones have finished
        if (level_ < SQLITE_LOCK_PENDING) {
            if (!set_lock(descriptor_, F_WRLCK, pending, 1))
                return SQLITE_BUSY;
            level_ = SQLITE_LOCK_PENDING;
        }
        return set_lock(descriptor_, F_WRLCK, shared, shared_count) ? reach(SQLITE_LOCK_EXCLUSIVE)
                                                                    : SQLITE_BUSY;
    }

    /// SQLite's xUnlock: down to SHARED or NONE.
    [[nodiscard]] int unlock(int wanted) noexcept {
        if (level_ <= wanted)
            return SQLITE_OK;
        if (wanted == SQLITE_LOCK_SHARED) {
            if (!set_lock(descriptor_, F_RDLCK, shared, shared_count))
                return SQLITE_IOERR_RDLOCK;
            if (!set_lock(descriptor_, F_UNLCK, pending, 2)) // and reserved
                return SQLITE_IOERR_UNLOCK;
        } else if (!set_lock(descriptor_, F_UNLCK, pending, 2 + shared_count)) {
            return SQLITE_IOERR_UNLOCK;
        }
        return reach(wanted);
    }

    /// SQLite's xCheckReservedLock: whether any connection has RESERVED or more.
    [[nodiscard]] bool is_reserved() const noexcept {
        return level_ >= SQLITE_LOCK_RESERVED ||
               lock_in_the_way(descriptor_, reserved, 1) != F_UNLCK;
    }

private:
    static constexpr off_t pending = 0x40000000;
    static constexpr off_t reserved = pending + 1;
    static constexpr off_t shared = pending + 2;
    static constexpr off_t shared_count = 510;

    int reach(int level) noexcept {
        level_ = level;
        return SQLITE_OK;
    }

    int descriptor_;
    int level_ = SQLITE_LOCK_NONE;
};

} // namespace eventsourcing::detail::sqlite

#endif
