// SPDX-License-Identifier: MIT
// What a disk holds when power is lost.
#ifndef EVENTSOURCING_TESTS_ENGINES_SQLITE_SIMULATED_DISK_HPP
#define EVENTSOURCING_TESTS_ENGINES_SQLITE_SIMULATED_DISK_HPP

#include "engines/sqlite/vfs_shim.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace sqlite_tests {

/// How much of what was not synced reached the disk all the same.
enum class Unsynced : std::uint8_t {
    lost, ///< nothing
    kept, ///< everything
    torn, ///< some sectors of 512 bytes, in no order
};

/// Follows the files whose path begins with `prefix`, which are new, and knows of each what was
/// synced and what was not. A file stays in its folder from the time when the folder was synced;
/// SQLite does so at the first sync of each journal or log that it opens, whichever process has
/// made it.
class SimulatedDisk final : public VfsWatcher {
public:
    explicit SimulatedDisk(std::string prefix) : prefix_(std::move(prefix)) {}

    /// Power is lost, and is back: the files are left as a disk may have them then. Nobody has them
    /// open.
    void lose_power(Unsynced unsynced, std::mt19937& random) {
        const std::lock_guard lock(mutex_);
        const auto coin = [&] {
            return unsynced == Unsynced::kept || (unsynced == Unsynced::torn && random() % 2 == 0);
        };
        if (coin())
            synced_folder_ = folder_;
        for (const auto& [path, file] : folder_)
            std::filesystem::remove(path);
        std::filesystem::remove(prefix_ + "-shm"); // which was memory
        for (auto& [path, file] : synced_folder_) {
            for (const Change& change : file->unsynced)
                change.apply(file->synced, coin);
            file = std::make_shared<File>(File{file->synced, {}});
            std::ofstream(path, std::ios::binary)
                .write(file->synced.data(), static_cast<std::streamsize>(file->synced.size()));
        }
        folder_ = synced_folder_;
        opened_.clear();
    }

    void after(const VfsCall& call, int code, std::size_t written) override {
        if (!call.path.starts_with(prefix_))
            return;
        const std::lock_guard lock(mutex_);
        switch (call.op) {
        case VfsOp::open:
            if (code == SQLITE_OK)
                open(call);
            break;
        case VfsOp::close:
            opened_.erase(call.file);
            break;
        case VfsOp::write:
            if (written > 0)
                opened_.at(call.file).file->unsynced.push_back(
                    {call.offset, std::string(call.data.substr(0, written))});
            break;
        case VfsOp::truncate:
            if (code == SQLITE_OK)
                opened_.at(call.file).file->unsynced.push_back({call.offset, {}});
            break;
        case VfsOp::sync:
            if (code == SQLITE_OK)
                sync(opened_.at(call.file));
            break;
        case VfsOp::remove:
            if (code == SQLITE_OK)
                folder_.erase(std::string(call.path));
            if (code == SQLITE_OK && call.sync_directory)
                synced_folder_ = folder_;
            break;
        default:
            break;
        }
    }

private:
    /// A write, or without bytes the end of the file.
    struct Change {
        std::int64_t offset;
        std::string bytes;

        template <class Lands>
        void apply(std::string& content, Lands lands) const {
            constexpr std::size_t sector = 512;
            const auto at = static_cast<std::size_t>(offset);
            if (bytes.empty() && lands())
                content.resize(at);
            for (std::size_t i = 0; i < bytes.size();) {
                const std::size_t size = std::min(bytes.size() - i, sector - (at + i) % sector);
                if (lands()) {
                    content.resize(std::max(content.size(), at + i + size));
                    content.replace(at + i, size, bytes, i, size);
                }
                i += size;
            }
        }
    };
    struct File {
        std::string synced;
        std::vector<Change> unsynced;
    };
    struct Opened {
        std::shared_ptr<File> file;
        bool syncs_folder;
    };
    using Folder = std::map<std::string, std::shared_ptr<File>>;

    void open(const VfsCall& call) {
        auto& file = folder_[std::string(call.path)];
        if (!file) {
            file = std::make_shared<File>();
            // What was written at another path, synced, and moved here, with a sync of the folder.
            std::ifstream there(std::string(call.path), std::ios::binary);
            file->synced.assign(std::istreambuf_iterator<char>(there), {});
            if (!file->synced.empty())
                synced_folder_[std::string(call.path)] = file;
        }
        constexpr int journals = SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_WAL;
        const bool may_make = (call.open_flags & SQLITE_OPEN_CREATE) != 0;
        opened_[call.file] = {file, may_make && (call.open_flags & journals) != 0};
    }
    void sync(Opened& opened) {
        for (const Change& change : opened.file->unsynced)
            change.apply(opened.file->synced, [] { return true; });
        opened.file->unsynced.clear();
        if (std::exchange(opened.syncs_folder, false))
            synced_folder_ = folder_;
    }

    std::mutex mutex_;
    std::string prefix_;
    Folder folder_;
    Folder synced_folder_;
    std::map<const void*, Opened> opened_;
};

} // namespace sqlite_tests

#endif
