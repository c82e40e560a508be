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

/// What the processes that use a file say to each other about its log, in the memory that they
/// share: it changes with each commit, of any of them, before that commit returns. Looking at it is
/// no call of the system, so each use of a key can do so. https://sqlite.org/walformat.html, 2.2
struct LogIndex {
    std::array<std::uint32_t, 12> words{};
    bool known = false;

    /// Of a connection that has read the file before.
    [[nodiscard]] static LogIndex of(const sqlite::Connection& connection) {
        constexpr int region = 32'768;
        LogIndex out;
        sqlite3_file* file = nullptr;
        volatile void* memory = nullptr;
        if (sqlite3_file_control(connection.handle(), "main", SQLITE_FCNTL_FILE_POINTER, &file) !=
                SQLITE_OK ||
            !file || !file->pMethods || file->pMethods->iVersion < 2 ||
            file->pMethods->xShmMap(file, 0, region, 0, &memory) != SQLITE_OK || !memory)
            return out;
        const auto* const words = static_cast<const volatile std::uint32_t*>(memory);
        for (std::size_t i = 0; i < out.words.size(); ++i)
            out.words[i] = words[i];
        out.known = true;
        return out;
    }

    /// Whether nothing was committed in between. Never, if the memory could not be read. A commit
    /// that is just being announced counts as another.
    [[nodiscard]] bool same_as(const LogIndex& other) const {
        return known && other.known && words == other.words;
    }
};

} // namespace eventsourcing::detail::sqlite_keys

#endif
