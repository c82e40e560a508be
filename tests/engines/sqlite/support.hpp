// SPDX-License-Identifier: MIT
// What the tests of the SQLite engine share.
#ifndef EVENTSOURCING_TESTS_ENGINES_SQLITE_SUPPORT_HPP
#define EVENTSOURCING_TESTS_ENGINES_SQLITE_SUPPORT_HPP

#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/engines/sqlite.hpp>

#include "catch.hpp"
#include "folder.hpp"

#include <sqlite3.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <vector>

namespace sqlite_tests {

namespace es = eventsourcing;
using namespace std::chrono_literals;

using test_files::fast_place;
using test_files::Folder;

/// Another program's connection to a file, without anything that ours are careful about.
class Raw {
public:
    explicit Raw(const std::string& path) {
        REQUIRE(sqlite3_open(path.c_str(), &db_) == SQLITE_OK);
    }
    ~Raw() { sqlite3_close(db_); }
    Raw(const Raw&) = delete;
    Raw& operator=(const Raw&) = delete;

    int try_run(const std::string& sql) {
        return sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, nullptr);
    }
    void run(const std::string& sql) {
        const int code = try_run(sql);
        INFO(sql << ": " << sqlite3_errmsg(db_));
        REQUIRE(code == SQLITE_OK);
    }
    /// All values of all rows, as text.
    std::vector<std::string> rows(const std::string& sql) {
        std::vector<std::string> out;
        const auto take = [](void* to, int count, char** values, char**) {
            for (int i = 0; i < count; ++i)
                static_cast<std::vector<std::string>*>(to)->push_back(values[i] ? values[i]
                                                                                : "NULL");
            return 0;
        };
        INFO(sql);
        REQUIRE(sqlite3_exec(db_, sql.c_str(), take, &out, nullptr) == SQLITE_OK);
        return out;
    }
    std::string value(const std::string& sql) {
        const auto found = rows(sql);
        REQUIRE(found.size() == 1);
        return found[0];
    }

private:
    sqlite3* db_ = nullptr;
};

/// Runs SQL that changes rows of es_events, which the triggers forbid, and the same on
/// es_stream_events, unless it names that or revisions, which are in the keys there.
inline void change_events(const std::string& path, const std::string& sql) {
    Raw raw(path);
    const auto triggers = raw.rows("SELECT sql FROM sqlite_schema WHERE type = 'trigger'");
    for (const auto& name : raw.rows("SELECT name FROM sqlite_schema WHERE type = 'trigger'"))
        raw.run("DROP TRIGGER " + name);
    raw.run(sql);
    if (sql.find("es_stream_events") == sql.npos && sql.find("revision") == sql.npos) {
        std::string same = sql;
        for (auto at = same.find("es_events"); at != same.npos; at = same.find("es_events", at))
            same.insert(at + 3, "stream_");
        if (same != sql)
            raw.run(same);
    }
    for (const auto& trigger : triggers)
        raw.run(trigger);
}

inline std::string content(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

inline es::SqliteStore open_store(const std::string& path, const es::SqliteOptions& options = {}) {
    auto store = es::SqliteStore::open(path, options);
    INFO((store ? "" : store.error().message()));
    REQUIRE(store);
    return *store;
}

/// An event with a new id; the texts are literals.
inline es::NewEvent event(std::string_view type = "combat.entity_attacked",
                          std::string_view data = R"({"damage":150})",
                          std::span<const std::string_view> tags = {}) {
    const es::Environment environment;
    return {.id = environment.new_id(),
            .type = type,
            .version = "1.0",
            .content_type = "application/json",
            .data = data,
            .metadata = "",
            .recorded_at = environment.now(),
            .tags = tags};
}

using Events = std::vector<es::NewEvent>;

inline es::Result<es::Receipt> append(es::SqliteStore store, es::StreamNameView stream,
                                      const Events& events) {
    return store.append_unchecked(stream, es::EventBatch(events));
}
inline es::Result<es::Receipt> append(es::SqliteStore store, es::StreamNameView stream,
                                      es::ExpectedRevision expected, const Events& events,
                                      const es::AppendCondition& condition = {},
                                      const es::CallOptions& call = {}) {
    return store.append(stream, expected, es::EventBatch(events), condition, call);
}

/// Every position of the store, read in pages.
inline std::vector<es::Position>
all_positions(const es::SqliteStore& store, const es::Query& query = {}, std::size_t limit = 500) {
    std::vector<es::Position> out;
    for (es::AllRead which{.query = query, .limit = limit};;) {
        auto page = store.read_all(which);
        INFO((page ? "" : page.error().message()));
        REQUIRE(page);
        for (const auto& record : *page)
            out.push_back(record.position.value());
        if (page->at_end)
            return out;
        REQUIRE(page->last_position != which.after); // it gets on
        which.after = page->last_position;
    }
}

/// Runs `f` in a forked process and answers its id; the process ends with what `f` answers.
template <class F>
pid_t in_child(F&& f) {
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        ::alarm(1'200);
        ::_exit(f());
    }
    return child;
}

/// The exit code of a child.
inline int exit_code(pid_t child) {
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

} // namespace sqlite_tests

#endif
