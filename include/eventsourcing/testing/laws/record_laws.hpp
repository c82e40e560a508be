// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TESTING_LAWS_RECORD_LAWS_HPP
#define EVENTSOURCING_TESTING_LAWS_RECORD_LAWS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/store/validate.hpp>
#include <eventsourcing/testing/laws/trial.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace eventsourcing::detail::laws {

/// An event that any store takes; the laws change one thing of it.
inline NewEvent plain_event(std::string_view data = "{}", const Environment& environment = {}) {
    return {.id = environment.new_id(),
            .type = "law.noted",
            .version = "1.0",
            .content_type = "application/json",
            .data = data,
            .metadata = {},
            .recorded_at = Timestamp::from_unix(1'767'225'600),
            .tags = {}};
}

/// Every byte, twice, so that some are next to each other.
inline std::string all_bytes() {
    std::string bytes;
    for (int i = 0; i < 512; ++i)
        bytes += static_cast<char>(i);
    return bytes;
}

inline void records_as_stored(Trial& trial) {
    const std::string binary = all_bytes();
    const std::string longest(255, 'x');
    const std::string text = "{\"text\":\"\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80\\u0000\"}";
    const std::array<std::string_view, 3> tags{"a", longest, "\xC3\xA4 \xF0\x9F\x98\x80"};

    std::vector<NewEvent> events;
    auto add = [&](auto&& change) {
        NewEvent event = plain_event();
        change(event);
        events.push_back(event);
    };
    add([](NewEvent&) {});
    add([&](NewEvent& e) { e.data = text; });
    add([&](NewEvent& e) { e.type = e.version = longest; });
    add([&](NewEvent& e) { e.tags = tags; });
    add([&](NewEvent& e) { e.metadata = R"({"$correlationId":"\u00e4","x":[1,2.50,1e3]})"; });
    add([](NewEvent& e) { e.recorded_at = Timestamp::from_unix(1'767'225'600, 123'456'789); });
    add([](NewEvent& e) { e.recorded_at = Timestamp::from_unix(-1, 1); });
    add([](NewEvent& e) { e.recorded_at = Timestamp{}; });
    add([](NewEvent& e) {
        Uuid::Bytes bytes{};
        bytes.fill(0xFF);
        e.id = Uuid{bytes};
    });
    if (trial.capabilities.keeps_bytes) {
        add([&](NewEvent& e) {
            e.content_type = "application/octet-stream";
            e.data = binary;
        });
        add([](NewEvent& e) {
            e.content_type = "text/plain;charset=utf-8";
            e.data = {};
        });
        add([](NewEvent& e) { e.data = "{ \"spaces\" : 1.0, \"spaces\" : 1.00 }\n"; });
    }

    const StreamNameView stream = "law-\xC3\xA4 \xF0\x9F\x98\x80.~!";
    if (!trial.expect_done(
            trial.store.append(stream, ExpectedRevision::no_stream(), EventBatch(events)),
            "an append of all kinds of events"))
        return;
    const auto read = trial.stream_of(stream);
    if (!trial.expect(read.size() == events.size(), "not all of them came back"))
        return;
    for (std::size_t i = 0; i < read.size(); ++i) {
        const Seen& seen = read[i];
        const NewEvent& sent = events[i];
        const auto check = [&](bool same, std::string_view field) {
            trial.expect(same, "the ", field, " of event ", i, " did not come back as stored");
        };
        check(seen.id == sent.id, "id");
        check(seen.stream == stream.view(), "stream");
        check(seen.type == sent.type, "type");
        check(seen.version == sent.version, "version");
        check(seen.content_type == sent.content_type, "content type");
        check(seen.recorded_at == sent.recorded_at, "time");
        check(std::vector<std::string>(sent.tags.begin(), sent.tags.end()) == seen.tags, "tags");
        if (trial.capabilities.keeps_bytes) {
            check(seen.data == sent.data, "data");
            check(seen.metadata == sent.metadata, "metadata");
        } else {
            check(!seen.data.empty(), "data");
            check(seen.metadata.empty() == sent.metadata.empty(), "metadata");
        }
    }
}

/// The source of an event is kept with it, however it is read, and so is the absence of one.
inline void sources_as_stored(Trial& trial) {
    const std::string longest = "events://" + std::string(246, 'x');
    const std::string_view sources[] = {"events://laws/one", "", "/relative", longest,
                                        "events://laws/two"};
    std::vector<NewEvent> events; // of one type: the source is the event's, not the type's
    for (const std::string_view source : sources) {
        events.push_back(plain_event());
        events.back().source = source;
    }
    const StreamNameView stream = "law-sources";
    constexpr auto no_stream = ExpectedRevision::no_stream();
    if (!trial.expect_done(trial.store.append(stream, no_stream, EventBatch(events)),
                           "an append of events with sources"))
        return;
    const auto check = [&](const std::vector<Seen>& read, const std::string& what) {
        if (!trial.expect(read.size() == events.size(), what, " gave ", read.size(), " events"))
            return;
        for (std::size_t i = 0; i < read.size(); ++i)
            trial.expect(read[i].source == sources[i], what, " gave event ", i, " the source '",
                         read[i].source, "' instead of '", sources[i], "'");
    };
    check(trial.stream_of(stream), "reading the stream");
    auto back = trial.stream_of(stream, {.direction = Direction::backward, .limit = 1});
    std::reverse(back.begin(), back.end());
    check(back, "reading the stream backward");
    if (trial.capabilities.global_order)
        check(trial.everything(), "reading the whole store");

    // a typed batch has the source of its types
    const auto typed = some_events(1);
    if (trial.given("law-typed", typed))
        for (const Seen& event : trial.stream_of("law-typed"))
            trial.expect(event.source == Noted::event_source, "an event of the type law.noted has ",
                         "the source '", event.source, "'");
}

/// Another source is other content; an unknown one, stored or sent, is not.
inline void other_sources(Trial& trial) {
    const auto send = [&](NewEvent event, std::string_view source) {
        event.source = source;
        const auto stream = *StreamName::of("law", "source " + event.id.to_string());
        return trial.store.append(stream, ExpectedRevision::no_stream(),
                                  EventBatch(std::span(&event, 1)));
    };
    const NewEvent known = plain_event();
    const NewEvent unknown = plain_event();
    trial.expect_done(send(known, "events://laws/one"), "an event with a source");
    trial.expect_refused(send(known, "events://laws/two"), errc::duplicate_id,
                         "a stored event with another source");
    trial.expect_done(send(known, "events://laws/one"), "the same event, sent again");
    trial.expect_done(send(known, ""), "the same event, sent again without its source");
    trial.expect_done(send(unknown, ""), "an event without a source");
    trial.expect_done(send(unknown, "events://laws/one"),
                      "an event stored without a source, sent again with one");
}

inline void hostile_input(Trial& trial) {
    const auto before = some_events(1);
    if (!trial.given("law-hostile", before))
        return;
    const auto refuse = [&](std::span<const NewEvent> events, std::string_view what) {
        const auto check = [&](const Result<Receipt>& answer) {
            if (!trial.expect(!answer, what, " was accepted"))
                return;
            trial.expect(answer.error() == errc::invalid || answer.error() == errc::too_large, what,
                         " answered ", text_of(answer.error()));
            trial.expect(answer.error().outcome() == Outcome::not_done, what,
                         " is said to have an unknown outcome");
        };
        check(trial.store.append("law-hostile", ExpectedRevision::exactly(Revision{0}),
                                 EventBatch(events)));
        check(trial.store.append_unchecked("law-hostile", EventBatch(events)));
        trial.expect_stream("law-hostile", {&before});
    };
    const auto refuse_one = [&](auto&& change, std::string_view what) {
        NewEvent event = plain_event();
        change(event);
        refuse(std::span(&event, 1), what);
    };
    refuse({}, "a batch without events");
    refuse_one([](NewEvent& e) { e.id = Uuid{}; }, "an event without an id");
    refuse_one([](NewEvent& e) { e.type = ""; }, "an event without a type");
    refuse_one([](NewEvent& e) { e.type = "law noted"; }, "an event type with a blank");
    refuse_one([](NewEvent& e) { e.type = "law.\xC3\xA4"; }, "an event type that is not ASCII");
    refuse_one([](NewEvent& e) { e.version = "1\n0"; }, "a version with a line break");
    refuse_one([](NewEvent& e) { e.version = {}; }, "an event without a version");
    refuse_one([](NewEvent& e) { e.content_type = "a b"; }, "a content type with a blank");
    refuse_one([](NewEvent& e) { e.source = "events://a b"; }, "a source with a blank");
    const std::string too_long(256, 'x');
    refuse_one([&](NewEvent& e) { e.source = too_long; }, "a source of 256 characters");
    refuse_one([&](NewEvent& e) { e.type = too_long; }, "an event type of 256 characters");
    refuse_one([](NewEvent& e) { e.recorded_at = Timestamp::min(); }, "the earliest timestamp");
    refuse_one([](NewEvent& e) { e.recorded_at = Timestamp::max(); }, "the latest timestamp");

    const std::array<std::string_view, 1> empty_tag{""};
    const std::array<std::string_view, 1> long_tag{too_long};
    const std::array<std::string_view, 1> bad_tag{"\xFF"};
    const std::array<std::string_view, 2> tag_twice{"a", "a"};
    std::vector<std::string> names;
    for (std::size_t i = 0; i <= max_tags; ++i)
        names.push_back(number(1000 + i));
    const std::vector<std::string_view> many_tags(names.begin(), names.end());
    refuse_one([&](NewEvent& e) { e.tags = empty_tag; }, "an empty tag");
    refuse_one([&](NewEvent& e) { e.tags = long_tag; }, "a tag of 256 bytes");
    refuse_one([&](NewEvent& e) { e.tags = bad_tag; }, "a tag that is not UTF-8");
    refuse_one([&](NewEvent& e) { e.tags = tag_twice; }, "the same tag twice");
    refuse_one([&](NewEvent& e) { e.tags = many_tags; }, number(max_tags + 1) + " tags");

    const std::string huge(max_event_size + 1, ' ');
    refuse_one([&](NewEvent& e) { e.data = huge; }, "an event over the size limit");
    std::vector<NewEvent> many(max_batch_size + 1, plain_event());
    for (NewEvent& event : many)
        event.id = plain_event().id;
    refuse(many, "a batch of " + number(many.size()) + " events");
    const std::vector<NewEvent> twice(2, plain_event());
    refuse(twice, "a batch with one id twice");

    for (const std::size_t limit : {std::size_t{0}, max_page_size + 1}) {
        const std::string what = "a page of " + number(limit) + " records";
        trial.expect_refused(trial.store.read_stream("law-hostile", {.limit = limit}),
                             errc::invalid, what);
        if (trial.capabilities.global_order)
            trial.expect_refused(trial.store.read_all({.limit = limit}), errc::invalid, what);
    }
    trial.given("law-hostile", some_events(1));
}

} // namespace eventsourcing::detail::laws

#endif
