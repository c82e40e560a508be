// SPDX-License-Identifier: MIT
#include <eventsourcing/store/page.hpp>

#include "catch.hpp"

#include <array>
#include <string>

namespace es = eventsourcing;

namespace {

es::EventRecord record(const std::string& data, std::span<const std::string_view> tags) {
    return {.stream = "notes-1",
            .type = "notes.written",
            .version = "1.0",
            .content_type = "application/json",
            .data = data,
            .metadata = "{}",
            .tags = tags,
            .source = data};
}

} // namespace

TEST_CASE("A page owns the bytes of its records, also when it is moved") {
    es::Page page;
    {
        const std::array<std::string, 2> names{"first tag, too long for a string without memory",
                                               "second tag"};
        const std::array<std::string_view, 2> tags{names[0], names[1]};
        for (int i = 0; i < 1000; ++i)
            page.add(record("data " + std::to_string(i), tags));
        page.add(record(std::string(3'000'000, 'x'), tags));
        page.add(record("", {}));
    }
    const es::Page moved = std::move(page);
    es::Page assigned;
    assigned.add(record("gone", {}));
    REQUIRE(moved.records().size() == 1002);
    for (std::size_t i = 0; i < 1000; ++i) {
        const auto& kept = moved.records()[i];
        REQUIRE(kept.data == "data " + std::to_string(i));
        REQUIRE(kept.tags.size() == 2);
        REQUIRE(kept.tags[1] == "second tag");
        REQUIRE(kept.type == "notes.written");
        REQUIRE(kept.source == kept.data);
        REQUIRE(kept.source.data() != kept.data.data());
    }
    CHECK(moved.records()[1000].data == std::string(3'000'000, 'x'));
    CHECK(moved.records()[1001].data.empty());
    CHECK(moved.records()[1001].tags.empty());
    CHECK(assigned.records().size() == 1);
}

TEST_CASE("Tags can be told after the record") {
    es::Page page;
    page.add(record("a", {}));
    {
        const std::string name = "a tag that is found later than its record";
        const std::array<std::string_view, 1> tags{name};
        page.set_tags(0, tags);
    }
    CHECK(page.records()[0].tags[0] == "a tag that is found later than its record");
}

TEST_CASE("A new page is empty and the last") {
    const es::Page page;
    CHECK(page.empty());
    CHECK(page.at_end);
    CHECK(page.begin() == page.end());
    CHECK_FALSE(page.next_revision);
    CHECK_FALSE(page.last_position);
}
