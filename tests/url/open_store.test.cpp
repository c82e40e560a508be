// SPDX-License-Identifier: MIT
#include <eventsourcing/url/open_store.hpp>

#include <eventsourcing/store/memory_store.hpp>
#include <eventsourcing/testing/fixed_environment.hpp>

#include "catch.hpp"

#include <chrono>
#include <stdexcept>
#include <string>
#include <string_view>

namespace es = eventsourcing;

namespace {

/// A memory store that goes by another name, and opens what is spelled right.
class FileStore : public es::MemoryStore {
public:
    static constexpr std::string_view url_scheme = "file";
    [[nodiscard]] static es::Result<FileStore> open_url(std::string_view rest) {
        if (rest == "broken")
            throw_or_skip(std::runtime_error("no disk"));
        if (rest != "a?b:c")
            return es::Error(es::errc::not_found, "file " + std::string(rest) + " does not exist");
        return FileStore{};
    }
};

std::string refusal(std::string_view url) {
    const auto store = es::open_store<es::MemoryStore, FileStore>(url);
    return store ? "opened" : store.error().message();
}

} // namespace

TEST_CASE("A store is opened by the URL that names it") {
    const auto memory = es::open_store<es::MemoryStore, FileStore>("memory:");
    REQUIRE(memory);
    CHECK(memory->name() == "MemoryStore");
    const auto file = es::open_store<es::MemoryStore, FileStore>("file:a?b:c");
    REQUIRE(file);
    CHECK(file->name() == "FileStore");
    CHECK(es::open_store<es::MemoryStore>("Memory:"));
}

TEST_CASE("A store that is opened by a URL waits by the clock that it was given") {
    es::FixedEnvironment fixed;
    const auto memory = es::open_store<es::MemoryStore, FileStore>("memory:", fixed);
    REQUIRE(memory);
    const auto call = es::CallOptions::within(std::chrono::hours(1)).begun(fixed);
    fixed.advance(std::chrono::hours(1));
    CHECK(memory->wait_for_append({}, call).value() == false);

    const auto file = es::open_store<es::MemoryStore, FileStore>("file:a?b:c", fixed);
    REQUIRE_FALSE(file);
    CHECK(file.error() == es::errc::unsupported);
    CHECK(file.error().message() ==
          "FileStore can't be opened with an environment: its open_url takes none; expected "
          "open_url(std::string_view rest, const es::Environment& environment = {})");
}

TEST_CASE("A URL that names no store says which there are") {
    CHECK(refusal("postgres://localhost") ==
          "store URL \"postgres://localhost\": no store of this program has its scheme; "
          "expected one that starts with one of memory:, file:");
    CHECK(refusal("combat.db") == "store URL \"combat.db\": it has no scheme; expected "
                                  "one that starts with one of memory:, file:");
    CHECK(refusal("esdb://admin:SECRET@db").find("store URL \"esdb://***@db\": ") == 0);
    CHECK(refusal("") == "store URL \"\": it has no scheme; expected one that starts with "
                         "one of memory:, file:");
    CHECK(refusal(":x").find("store URL \":x\": no store of this program has its scheme") == 0);
    CHECK(es::open_store<es::MemoryStore>("x\x01:").error() == es::errc::invalid);
}

TEST_CASE("What a store says to its URL is the answer") {
    CHECK(refusal("file:nowhere") == "file nowhere does not exist");
    CHECK(refusal("memory:x").find("memory:x: expected nothing") == 0);
    CHECK(refusal("file:broken") == "open_url threw: no disk");
}
