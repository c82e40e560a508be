// SPDX-License-Identifier: MIT
#include <eventsourcing/testing/store_laws.hpp>

#include "catch.hpp"
#include "laws/patient.hpp"

#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/engines/sqlite.hpp>
#include <eventsourcing/store/any_store.hpp>
#include <eventsourcing/testing/fixed_environment.hpp>

#include <filesystem>
#include <string>
#include <unistd.h>
#include <utility>

namespace es = eventsourcing;

namespace {

/// Makes a store in a new file for each law, and opens the last one again where a law asks for it.
class SqliteFiles {
public:
    explicit SqliteFiles(es::Environment environment = {})
        : folder_(std::filesystem::temp_directory_path() /
                  ("eventsourcing-laws-" + std::to_string(getpid()))),
          options_{.durability = es::SqliteDurability::relaxed,
                   .environment = std::move(environment)} {
        std::filesystem::create_directories(folder_);
    }
    SqliteFiles(const SqliteFiles&) = delete;
    SqliteFiles& operator=(const SqliteFiles&) = delete;
    ~SqliteFiles() { std::filesystem::remove_all(folder_); }

    es::Result<es::SqliteStore> operator()() {
        path_ = (folder_ / (std::to_string(++count_) + ".db")).string();
        return reopen();
    }
    es::Result<es::SqliteStore> reopen() const { return es::SqliteStore::open(path_, options_); }

private:
    std::filesystem::path folder_;
    es::SqliteOptions options_;
    std::string path_;
    int count_ = 0;
};

} // namespace

TEST_CASE("A SQLite store keeps the laws", "[laws][waits]") {
    SqliteFiles files;
    const auto report = es::check_store_laws(files, law_tests::patient);
    CHECK(report);
    CHECK(report.count(es::LawVerdict::not_checked) == 0);
    CHECK(report.count(es::LawVerdict::not_owed) == 1); // it checks conditions
}

TEST_CASE("A SQLite store keeps the laws by a clock that is moved", "[laws][waits]") {
    SqliteFiles files{es::FixedEnvironment{}};
    const auto report = es::check_store_laws(files, law_tests::patient);
    CHECK(report);
    CHECK(report.count(es::LawVerdict::not_checked) == 0);
}

TEST_CASE("A SQLite store whose type is forgotten keeps the laws", "[laws][waits]") {
    SqliteFiles files;
    const auto make = [&]() -> es::Result<es::AnyStore> {
        auto store = files();
        if (!store)
            return std::move(store).error();
        return es::AnyStore(*std::move(store));
    };
    CHECK(es::check_store_laws(make, law_tests::patient));
}
