// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_SQLITE_FILE_SIZES_HPP
#define EVENTSOURCING_ENGINES_SQLITE_FILE_SIZES_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/engines/sqlite/connection.hpp>

#include <sqlite3.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <optional>

namespace eventsourcing::detail::sqlite {

/// What the shared memory says about the log: https://sqlite.org/walformat.html
struct LogIndex {
    static constexpr int region = 32'768;

    std::uint32_t frames = 0;
    std::uint32_t pages = 0;  // of the file, with what is in the log
    std::uint32_t copied = 0; // frames that are in the file
    std::int64_t page_size = 0;
    std::uint64_t salt = 0;

    /// The least size of the file.
    [[nodiscard]] std::int64_t file_size() const {
        return frames == copied ? pages * page_size : 0;
    }
    /// The least size of the log.
    [[nodiscard]] std::int64_t log_size() const {
        return frames == 0 ? 0 : 32 + std::int64_t{frames} * (page_size + 24);
    }
    bool operator==(const LogIndex&) const = default;

    /// Of a connection that has read from the file before. Read twice, since others may write
    /// meanwhile.
    [[nodiscard]] static LogIndex of(const Connection& connection) noexcept {
        sqlite3_file* const file = connection.main_file();
        volatile void* memory = nullptr;
        if (!file || file->pMethods->iVersion < 2 ||
            file->pMethods->xShmMap(file, 0, region, 0, &memory) != SQLITE_OK || !memory)
            return {};
        LogIndex out = read(memory);
        for (LogIndex again = read(memory); out != again; again = read(memory))
            out = again;
        return out;
    }

private:
    [[nodiscard]] static LogIndex read(const volatile void* memory) noexcept {
        const auto* const words = static_cast<const volatile std::uint32_t*>(memory);
        const std::uint16_t page = *(static_cast<const volatile std::uint16_t*>(memory) + 7);
        LogIndex out;
        out.frames = words[4];
        out.pages = words[5];
        out.copied = words[24];
        out.page_size = (page & 0xFE00) + ((page & 0x0001) << 16);
        const std::uint32_t salt[2] = {words[8], words[9]};
        std::memcpy(&out.salt, salt, sizeof salt);
        return out;
    }
};

/// Nothing if the system does not say.
inline std::optional<std::int64_t> size_of(sqlite3_file* file) noexcept {
    sqlite3_int64 size = 0;
    if (!file || file->pMethods->xFileSize(file, &size) != SQLITE_OK)
        return {};
    return size;
}

/// Whether the log of a connection is as long as the shared memory says. Other programs may shorten
/// the log, but say so in the memory first. A size that is too small for what the memory says
/// afterwards is wrong, unless others wrote in between.
inline bool log_is_whole(const Connection& connection) noexcept {
    sqlite3_file* const log = connection.log_file();
    for (int tries = 0; tries < 10; ++tries) {
        const auto size = size_of(log);
        if (!size || *size >= LogIndex::of(connection).log_size())
            return true;
    }
    return false;
}

/// Whether the file of a connection is as long as the shared memory says, and as it was when it had
/// `known` bytes. Other programs may make it longer, and say so in the memory afterwards.
inline bool file_is_whole(const Connection& connection, std::int64_t known) noexcept {
    const std::int64_t least = std::max(known, LogIndex::of(connection).file_size());
    const auto size = size_of(connection.main_file());
    return !size || *size >= least;
}

} // namespace eventsourcing::detail::sqlite

#endif
