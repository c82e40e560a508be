// SPDX-License-Identifier: MIT
// Runs a test on the memory store, on SQLite, and on both through AnyStore.
#ifndef EVENTSOURCING_TESTS_LAWS_EACH_STORE_HPP
#define EVENTSOURCING_TESTS_LAWS_EACH_STORE_HPP

#include <eventsourcing/engines/sqlite.hpp>
#include <eventsourcing/store/any_store.hpp>
#include <eventsourcing/store/memory_store.hpp>

#include "catch.hpp"

#include <filesystem>
#include <string>
#include <unistd.h>

namespace each_store {

namespace es = eventsourcing;

/// A new file, removed at the end.
class File {
public:
    File()
        : path_((std::filesystem::temp_directory_path() /
                 ("eventsourcing-" + std::to_string(getpid()) + "-" + std::to_string(++count)))
                    .string()) {
        remove();
    }
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    ~File() { remove(); }

    [[nodiscard]] es::SqliteStore open() const {
        auto store =
            es::SqliteStore::open(path_ + ".db", {.durability = es::SqliteDurability::relaxed});
        REQUIRE(store);
        return *std::move(store);
    }

private:
    void remove() const {
        for (const char* const end : {".db", ".db-wal", ".db-shm", ".db-lock"})
            std::filesystem::remove(path_ + end);
    }

    static inline int count = 0;
    std::string path_;
};

/// Calls `test(store, other)` with two handles to one new store: of SQLite, two engines that have
/// opened the file, as two processes do.
template <class Test>
void on_each_store(const Test& test) {
    {
        INFO("MemoryStore");
        const es::MemoryStore store;
        test(store, store);
    }
    {
        INFO("SqliteStore");
        const File file;
        test(file.open(), file.open());
    }
    {
        INFO("AnyStore with a MemoryStore inside");
        const es::AnyStore store = es::MemoryStore();
        test(store, store);
    }
    {
        INFO("AnyStore with a SqliteStore inside");
        const File file;
        test(es::AnyStore(file.open()), es::AnyStore(file.open()));
    }
}

/// The same with a memory store and SQLite, both as AnyStore: where it is the runtime that is
/// tested, which is compiled once then.
template <class Test>
void on_any_store(const Test& test) {
    {
        INFO("AnyStore with a MemoryStore inside");
        const es::AnyStore store = es::MemoryStore();
        test(store, store);
    }
    {
        INFO("AnyStore with a SqliteStore inside");
        const File file;
        test(es::AnyStore(file.open()), es::AnyStore(file.open()));
    }
}

} // namespace each_store

#endif
