// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_SQLITE_KEYS_LOG_INDEX_HPP
#define EVENTSOURCING_ENGINES_SQLITE_KEYS_LOG_INDEX_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/engines/sqlite/connection.hpp>

#include <sqlite3.h>

#include <array>
#include <cstddef>
#include <cstdint>

namespace eventsourcing::detail::sqlite_keys {

/// What the processes that use a file say to each other about its log, in memory that they share:
/// it changes with each commit, of any of them, before that commit returns. Looking at it is no
/// call of the system, so each use of a key can do so. https://sqlite.org/walformat.html, 2.2
class LogIndex {
public:
    /// The connection has read the file before, and outlives this.
    explicit LogIndex(const sqlite::Connection& connection) : connection_(connection) {}

    /// Whether something may have been committed since the last call: always, if the memory can't
    /// be read, and also for a commit that is just being announced.
    [[nodiscard]] bool changed() {
        if (!memory_)
            memory_ = find();
        if (!memory_)
            return true;
        std::array<std::uint32_t, 12> now{};
        for (std::size_t i = 0; i < now.size(); ++i)
            now[i] = memory_[i];
        if (now == seen_)
            return false;
        seen_ = now;
        return true;
    }

private:
    /// SQLite keeps it where it is as long as the connection is open.
    [[nodiscard]] const volatile std::uint32_t* find() const {
        constexpr int region = 32'768;
        sqlite3_file* const file = connection_.main_file();
        volatile void* memory = nullptr;
        if (!file || file->pMethods->iVersion < 2 ||
            file->pMethods->xShmMap(file, 0, region, 0, &memory) != SQLITE_OK)
            return nullptr;
        return static_cast<const volatile std::uint32_t*>(memory);
    }

    const sqlite::Connection& connection_;
    const volatile std::uint32_t* memory_ = nullptr;
    std::array<std::uint32_t, 12> seen_{};
};

} // namespace eventsourcing::detail::sqlite_keys

#endif
