// SPDX-License-Identifier: MIT
// SinkFor, Sink, CheckedSinkFor, ConditionalSinkFor, EventStore, UrlStore: what is one, and what is
// none.
#include <eventsourcing/store/any_store.hpp>
#include <eventsourcing/store/callback_sink.hpp>
#include <eventsourcing/store/fan_out.hpp>
#include <eventsourcing/store/memory_store.hpp>
#include <eventsourcing/store/verbs.hpp>
#include <eventsourcing/url/open_store.hpp>

#include <optional>
#include <string_view>
#include <type_traits>
#include <variant>

namespace es = eventsourcing;

namespace parcels {

struct Sent {
    int weight = 0;
};
struct Lost {};
consteval es::EventFamily event_family(const auto&) {
    return {.name = "parcels", .source = "events://example.org/parcels"};
}
using Event = std::variant<Sent, Lost>;

// ---- sinks
// ------------------------------------------------------------------------------------------

struct Bin {
    static constexpr es::Capabilities capabilities{};
    es::Result<void> append_unchecked(es::StreamNameView, const es::EventBatch&) { return {}; }
};
static_assert(es::Sink<Bin>);
static_assert(es::SinkFor<Bin, Event>);
static_assert(es::SinkFor<Bin, Sent>);
static_assert(!es::CheckedSinkFor<Bin, Event>);
static_assert(!es::ConditionalSinkFor<Bin, Event>);
static_assert(!es::EventStore<Bin>);

struct OnlyParcels {
    static constexpr es::Capabilities capabilities{};
    es::Result<es::Receipt> append_unchecked(es::StreamNameView, const es::Batch<Event>&) {
        return es::Receipt{};
    }
};
static_assert(es::SinkFor<OnlyParcels, Event>);
static_assert(!es::SinkFor<OnlyParcels, Sent>);
static_assert(!es::Sink<OnlyParcels>);

struct SaysNothing {
    es::Result<void> append_unchecked(es::StreamNameView, const es::EventBatch&) { return {}; }
};
static_assert(!es::Sink<SaysNothing>);

struct AnswersNothing : Bin {
    void append_unchecked(es::StreamNameView, const es::EventBatch&) {}
};
static_assert(!es::Sink<AnswersNothing>);

struct CannotBeCopied : Bin {
    CannotBeCopied() = default;
    CannotBeCopied(const CannotBeCopied&) = delete;
};
static_assert(!es::Sink<CannotBeCopied>);

struct TakesStrings : Bin {
    es::Result<void> append_unchecked(const std::string&, const es::EventBatch&) { return {}; }
};
static_assert(!es::Sink<TakesStrings>);

// ---- checked sinks
// ----------------------------------------------------------------------------------

struct ChecksRevisions {
    static constexpr es::Capabilities capabilities{.expected_revision = true};
    es::Result<es::Receipt> append_unchecked(es::StreamNameView, const es::EventBatch&,
                                             const es::CallOptions& = {}) {
        return es::Receipt{};
    }
    es::Result<es::Receipt> append(es::StreamNameView, es::ExpectedRevision, const es::EventBatch&,
                                   const es::AppendCondition& = {}, const es::CallOptions& = {}) {
        return es::Receipt{};
    }
};
static_assert(es::CheckedSinkFor<ChecksRevisions, Event>);
static_assert(!es::ConditionalSinkFor<ChecksRevisions, Event>);
static_assert(!es::EventStore<ChecksRevisions>);

struct SaysItChecks : Bin {
    static constexpr es::Capabilities capabilities{.expected_revision = true};
};
static_assert(es::Sink<SaysItChecks>);
static_assert(!es::CheckedSinkFor<SaysItChecks, Event>);

struct ChecksInSilence : ChecksRevisions {
    static constexpr es::Capabilities capabilities{};
};
static_assert(!es::CheckedSinkFor<ChecksInSilence, Event>);

struct ChecksWithoutReceipt : Bin {
    static constexpr es::Capabilities capabilities{.expected_revision = true};
    es::Result<void> append(es::StreamNameView, es::ExpectedRevision, const es::EventBatch&,
                            const es::AppendCondition& = {}, const es::CallOptions& = {}) {
        return {};
    }
};
static_assert(!es::CheckedSinkFor<ChecksWithoutReceipt, Event>);

struct ChecksConditions : ChecksRevisions {
    static constexpr es::Capabilities capabilities{.expected_revision = true, .conditions = true};
};
static_assert(es::ConditionalSinkFor<ChecksConditions, Event>);

// ---- stores
// -----------------------------------------------------------------------------------------

struct Streams : ChecksRevisions {
    [[nodiscard]] es::Result<es::Page> read_stream(es::StreamNameView, const es::StreamRead& = {},
                                                   const es::CallOptions& = {}) const {
        return es::Page{};
    }
};
static_assert(es::EventStore<Streams>);

struct ReadsByChangingItself : ChecksRevisions {
    es::Result<es::Page> read_stream(es::StreamNameView, const es::StreamRead& = {},
                                     const es::CallOptions& = {}) {
        return es::Page{};
    }
};
static_assert(!es::EventStore<ReadsByChangingItself>);

struct UnhurriedOnly : Streams {
    es::Result<es::Receipt> append_unchecked(es::StreamNameView, const es::EventBatch&) {
        return es::Receipt{};
    }
};
static_assert(es::CheckedSinkFor<UnhurriedOnly, Event>);
static_assert(!es::EventStore<UnhurriedOnly>);

struct SaysItIsOrdered : Streams {
    static constexpr es::Capabilities capabilities{.expected_revision = true, .global_order = true};
};
static_assert(!es::EventStore<SaysItIsOrdered>);

struct SaysItWakes : Streams {
    static constexpr es::Capabilities capabilities{.expected_revision = true,
                                                   .wakes_readers = true};
};
static_assert(!es::EventStore<SaysItWakes>);

struct Whole : Streams {
    static constexpr es::Capabilities capabilities{
        .expected_revision = true, .global_order = true, .wakes_readers = true};
    [[nodiscard]] es::Result<es::Page> read_all(const es::AllRead& = {},
                                                const es::CallOptions& = {}) const {
        return es::Page{};
    }
    [[nodiscard]] es::Result<bool> wait_for_append(std::optional<es::Position>,
                                                   const es::CallOptions& = {}) const {
        return true;
    }
};
static_assert(es::EventStore<Whole>);
static_assert(std::convertible_to<Whole, es::AnyStore>);
static_assert(!std::convertible_to<ChecksRevisions, es::AnyStore>);

// ---- what comes with the library
// ----------------------------------------------------------------------

static_assert(es::EventStore<es::MemoryStore>);
static_assert(es::EventStore<es::AnyStore>);
static_assert(es::CheckedSinkFor<const es::MemoryStore, Event>, "appends through a const handle");
static_assert(es::CheckedSinkFor<const es::AnyStore, Event>);
static_assert(es::AppendsIf<es::MemoryStore> && es::TellsHead<es::MemoryStore>);
static_assert(es::FindsEvents<es::MemoryStore> && !es::SyncsUpTo<es::MemoryStore>);
static_assert(es::AppendsAll<es::MemoryStore> && es::AppendsAll<es::AnyStore>);
static_assert(es::AppendsIf<es::AnyStore> && es::SyncsUpTo<es::AnyStore>);
static_assert(es::ProgressStore<es::AnyStore> && es::SnapshotStore<es::AnyStore>);
static_assert(es::verbs_of(Bin{}) == es::Verbs{} && !es::promises_of(Bin{}).durable);
using Callback = es::CallbackSink<void (*)(es::StreamNameView, const es::EventBatch&)>;
static_assert(es::Sink<Callback> && es::Sink<const Callback>);
struct Counts {
    int calls = 0;
    void operator()(es::StreamNameView, const es::EventBatch&) { ++calls; }
};
static_assert(es::Sink<es::CallbackSink<Counts>> && !es::Sink<const es::CallbackSink<Counts>>);
using Fan = es::FanOutPrimaryDecides<es::MemoryStore, Callback, OnlyParcels>;
static_assert(es::ConditionalSinkFor<Fan, Event> && es::ConditionalSinkFor<const Fan, Event>);
static_assert(!es::SinkFor<Fan, Sent>, "a follower takes parcels only");

// ---- stores that a URL can name
// -------------------------------------------------------------------------

static_assert(es::UrlStore<es::MemoryStore>);
static_assert(!es::UrlStore<Whole>);
struct Opens : Whole {
    static constexpr std::string_view url_scheme = "whole";
    static es::Result<Opens> open_url(std::string_view) { return Opens{}; }
};
static_assert(es::UrlStore<Opens>);
struct OpensAnother : Whole {
    static constexpr std::string_view url_scheme = "whole";
    static es::Result<Whole> open_url(std::string_view) { return Whole{}; }
};
static_assert(!es::UrlStore<OpensAnother>);

} // namespace parcels
