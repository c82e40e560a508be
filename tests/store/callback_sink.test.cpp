// SPDX-License-Identifier: MIT
#include <eventsourcing/store/callback_sink.hpp>

#include "catch.hpp"
#include "store/notes.hpp"

#include <optional>
#include <stdexcept>

using namespace notes;

namespace {

/// A sink whose class is not told by a deduction, for the static asserts.
template <class F>
es::CallbackSink<F> sink_of(F f) {
    return es::CallbackSink<F>(std::move(f));
}

} // namespace

TEST_CASE("A callback is handed the stream and the events as their own types") {
    std::vector<Note> seen;
    std::string stream;
    es::CallbackSink sink([&](es::StreamNameView name, const es::Batch<Note>& batch) {
        stream = name.str();
        seen.assign(batch.events().begin(), batch.events().end());
    });
    static_assert(es::SinkFor<decltype(sink), Note>);
    static_assert(!es::SinkFor<decltype(sink), Counted>);
    static_assert(!es::CheckedSinkFor<decltype(sink), Note>);
    static_assert(sink.capabilities.stamps);
    const Notes<> notes({Written{"a"}, Counted{2}});
    const auto done = sink.append_unchecked("notes-1", notes.batch());
    static_assert(std::same_as<decltype(done), const es::Result<void>>);
    CHECK(done);
    CHECK(stream == "notes-1");
    CHECK(seen == notes.events);
}

TEST_CASE("A callback may look at any batch, by way of a generic function") {
    std::size_t seen = 0;
    es::CallbackSink sink(
        [&](es::StreamNameView, const auto& batch) { seen += batch.events().size(); });
    static_assert(es::SinkFor<decltype(sink), Note>);
    static_assert(es::SinkFor<decltype(sink), Counted>);
    CHECK(sink.append_unchecked("notes-1", one().batch()));
    CHECK(sink.append_unchecked("notes-1", Notes<Counted>({Counted{1}, Counted{2}}).batch()));
    CHECK(seen == 3);
}

TEST_CASE("A callback that wants bytes gets them of any events") {
    std::string seen;
    es::CallbackSink sink([&](es::StreamNameView, const es::EventBatch& batch) -> es::Result<void> {
        auto events = batch.encoded();
        if (!events)
            return std::move(events).error();
        for (const auto& event : *events)
            seen += event.data;
        return {};
    });
    static_assert(es::Sink<decltype(sink)>);
    CHECK(sink.append_unchecked("notes-1", one().batch()));
    const auto note = Notes<Counted>({Counted{7}});
    const auto batch = note.batch();
    CHECK(sink.append_unchecked("notes-1", es::EventBatch(batch)));
    CHECK(seen == R"({"text":"a note"}{"number":7})");
    const auto refused = sink.append_unchecked("notes-1", one("\xFF").batch());
    CHECK(refused.error() == es::errc::invalid);
}

TEST_CASE("A callback's answer is the sink's") {
    auto refusing = sink_of([](es::StreamNameView, const es::Batch<Note>&) -> es::Result<void> {
        return es::Error(es::errc::denied, "not you");
    });
    CHECK(refusing.append_unchecked("notes-1", one().batch()).error() == es::errc::denied);

    constexpr es::Receipt receipt{es::Revision{4}, es::Revision{4}, std::nullopt};
    auto numbering =
        sink_of([&](es::StreamNameView, const es::Batch<Note>&) -> es::Result<es::Receipt> {
            return receipt;
        });
    CHECK(*numbering.append_unchecked("notes-1", one().batch()) == receipt);

    auto throwing = sink_of([](es::StreamNameView, const es::Batch<Note>&) {
        throw_or_skip(std::runtime_error("no more paper"));
    });
    const auto thrown = throwing.append_unchecked("notes-1", one().batch());
    REQUIRE_FALSE(thrown);
    CHECK(thrown.error() == es::errc::threw);
    CHECK(thrown.error().outcome() == es::Outcome::unknown);
    CHECK(thrown.error().message() == "the callback threw: no more paper");

    // an answer that no sink gives
    auto counting = sink_of([](es::StreamNameView, const es::Batch<Note>&) { return 1; });
    static_assert(!es::SinkFor<decltype(counting), Note>);
}

TEST_CASE("A callback sink without stamps says that it uses no stamps") {
    std::size_t ids = 1;
    es::CallbackSink sink(
        [&](es::StreamNameView, const es::Batch<Note>& batch) { ids = batch.ids().size(); },
        es::without_stamps);
    static_assert(es::SinkFor<decltype(sink), Note>);
    static_assert(!sink.capabilities.stamps);
    const Notes<> notes({Written{"a"}});
    CHECK(sink.append_unchecked("notes-1", es::Batch<Note>(notes.events)));
    CHECK(ids == 0);
}
