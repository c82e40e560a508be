// SPDX-License-Identifier: MIT
#include <eventsourcing/store/validate.hpp>

#include <eventsourcing/core/environment.hpp>

#include "catch.hpp"

#include <limits>

namespace es = eventsourcing;

namespace {

es::NewEvent event() {
    return {.id = es::Environment{}.new_id(),
            .type = "notes.written",
            .version = "1.0",
            .content_type = "application/json",
            .data = "{}"};
}

std::string refusal(std::vector<es::NewEvent> events, es::errc kind = es::errc::invalid) {
    const auto done = es::detail::check_batch(events);
    if (done || done.error() != kind)
        return "not refused so";
    return done.error().message();
}
std::string refusal(const es::NewEvent& one) {
    return refusal(std::vector{one});
}

} // namespace

TEST_CASE("A time that does not fit in 64 bits of nanoseconds is refused by every store") {
    using Limits = std::numeric_limits<std::int64_t>;
    for (const std::int64_t nanoseconds : {Limits::min(), Limits::max()}) {
        auto one = event();
        one.recorded_at = es::Timestamp::from_unix_nanoseconds(nanoseconds);
        CHECK(es::detail::check_batch(std::vector{one}));
        const std::int64_t beyond = nanoseconds < 0 ? -1 : 1;
        one.recorded_at = es::Timestamp::from_unix(one.recorded_at.unix_seconds() + beyond);
        CHECK(refusal(one).starts_with("event 0 of the batch: timestamp "));
    }
}

TEST_CASE("A batch that every store can take is taken") {
    const std::string tag(es::max_tag_size, 'x');
    std::vector<std::string> names;
    for (std::size_t i = 0; i < es::max_tags - 1; ++i)
        names.push_back(std::to_string(1000 + i));
    std::vector<std::string_view> tags(names.begin(), names.end());
    tags.push_back(tag);
    const std::string data(es::max_event_size, ' ');
    auto largest = event();
    largest.tags = tags;
    largest.data = data;
    const std::string name(255, 'n');
    largest.type = largest.version = largest.content_type = largest.source = name;
    CHECK(es::detail::check_batch(std::vector{largest, event()}));
    std::vector<es::NewEvent> many(es::max_batch_size, event());
    for (auto& one : many)
        one.id = es::Environment{}.new_id();
    CHECK(es::detail::check_batch(many));
}

TEST_CASE("What is refused says which event, what was found and what was expected") {
    CHECK(refusal(std::vector<es::NewEvent>{}) == "an append needs at least one event");
    auto wrong = event();
    wrong.type = "notes\nwritten";
    CHECK(refusal({event(), wrong}) == "event 1 of the batch: type \"notes\\x0awritten\": expected "
                                       "1 to 255 printable ASCII characters without blanks");
    wrong = event();
    wrong.version = "";
    CHECK(refusal(wrong) == "event 0 of the batch: version \"\": expected 1 to 255 printable ASCII "
                            "characters without blanks");
    wrong = event();
    wrong.id = es::Uuid{};
    CHECK(refusal(wrong) == "event 0 of the batch: it has no id; a dispatcher or an environment "
                            "gives it one");
    const std::string data(es::max_event_size, ' ');
    wrong = event();
    wrong.data = data;
    wrong.metadata = "{}";
    CHECK(refusal({wrong}, es::errc::too_large) ==
          "event 0 of the batch (notes.written) has 4194306 bytes; at most 4194304 can be stored");
    CHECK(
        refusal(std::vector<es::NewEvent>(es::max_batch_size + 1, event()), es::errc::too_large) ==
        "a batch of 10001 events: one append takes at most 10000");
}

TEST_CASE("A source is a portable name, or none") {
    auto sourced = event();
    sourced.source = "events://example.org/a b";
    CHECK(refusal(sourced) == "event 0 of the batch: source \"events://example.org/a b\": expected "
                              "1 to 255 printable ASCII characters without blanks");
    const std::string too_long(256, 'x');
    sourced.source = too_long;
    CHECK(refusal(sourced).find("event 0 of the batch: source ") == 0);
    sourced.source = "";
    CHECK(es::detail::check_batch(std::vector{sourced}));
}

TEST_CASE("Tags are sorted, without duplicates, and text") {
    const auto refused = [](std::vector<std::string_view> tags) {
        auto one = event();
        one.tags = tags;
        return refusal(one);
    };
    CHECK(refused({"b", "a"}) == "event 0 of the batch: tag \"a\" comes after \"b\": expected its "
                                 "tags sorted, each of them once");
    CHECK(refused({"a", "a"}) == "event 0 of the batch: tag \"a\" comes after \"a\": expected its "
                                 "tags sorted, each of them once");
    CHECK(refused({""}) ==
          "event 0 of the batch: tag \"\": expected 1 to 255 bytes of UTF-8, got 0 bytes");
    const std::string long_tag(256, 'x');
    CHECK(refused({"a", long_tag}) == "event 0 of the batch: tag \"" + std::string(64, 'x') +
                                          "...\": expected 1 to 255 bytes of UTF-8, got 256 bytes");
    CHECK(refused({"a", "b\xC3"}) ==
          "event 0 of the batch: tag \"b\\xc3\": expected 1 to 255 bytes "
          "of UTF-8, got text that is not UTF-8");
    CHECK(refused({"a", "b"}) == "not refused so");
}

TEST_CASE("An id that is in a batch twice is found in small and large batches") {
    for (const std::size_t size :
         {std::size_t{2}, std::size_t{8}, std::size_t{9}, std::size_t{100}})
        for (std::size_t first = 0; first + 1 < size; first += size / 2) {
            std::vector<es::NewEvent> events;
            for (std::size_t i = 0; i < size; ++i)
                events.push_back(event());
            CHECK(es::detail::check_batch(events));
            events[size - 1].id = events[first].id;
            CHECK(refusal(events) ==
                  "the id " + events[first].id.to_string() + " is in the batch twice");
        }
}

TEST_CASE("A page has at least one record and at most as many as every engine gives") {
    CHECK(es::detail::check_page_size(1));
    CHECK(es::detail::check_page_size(es::max_page_size));
    CHECK(es::detail::check_page_size(0).error().message() ==
          "a page of 0 records: expected 1 to 4096");
    CHECK(es::detail::check_page_size(es::max_page_size + 1).error() == es::errc::invalid);
}
