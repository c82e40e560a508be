// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_EVENT_FOLDER_HPP
#define EVENTSOURCING_RUNTIME_EVENT_FOLDER_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/codec/event_codec.hpp>
#include <eventsourcing/codec/json_form.hpp>
#include <eventsourcing/core/aggregate_options.hpp>
#include <eventsourcing/core/alternatives.hpp>
#include <eventsourcing/core/application_error.hpp>
#include <eventsourcing/core/apply.hpp>
#include <eventsourcing/core/fold.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/upcast.hpp>
#include <eventsourcing/store/event_record.hpp>
#include <eventsourcing/store/kept_event.hpp>
#include <eventsourcing/store/recorded.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

namespace eventsourcing::detail {

/// Remembers the index of a record's form by the address of its text: usually the
/// records of a page share the bytes of their types.
class SeenTypes {
public:
    /// Before the records of another page.
    void clear() { count_ = 0; }
    /// The index of the last record whose texts have the same addresses, or null.
    [[nodiscard]] const std::size_t* find(const EventRecord& record) const {
        for (const Seen& one : std::span(seen_, std::min(count_, std::size(seen_))))
            if (same(one.type, record.type) && same(one.version, record.version) &&
                same(one.content_type, record.content_type))
                return &one.index;
        return nullptr;
    }
    void add(const EventRecord& record, std::size_t index) {
        seen_[count_++ % std::size(seen_)] = {record.type, record.version, record.content_type,
                                              index};
    }

private:
    struct Seen {
        std::string_view type;
        std::string_view version;
        std::string_view content_type;
        std::size_t index;
    };

    static bool same(std::string_view a, std::string_view b) {
        return a.data() == b.data() && a.size() == b.size();
    }

    std::size_t count_ = 0;
    Seen seen_[8];
};

inline constexpr const char* applying = "apply_event"; // for `guarded`

/// The state of folding one stored event.
template <class State>
struct FoldStep {
    FoldStep(const EventRecord& from, State& folded)
        : reader(from.data),
          record(&from),
          state(folded) {}

    JsonReader reader;
    const EventRecord* record;
    State& state;
    const char* doing = making_event; // for `guarded`
    Result<void> applied{};           // the error of `apply_event`
};

/// Reads an event that is the struct at `I`, and applies it. False with an error in `step.applied`,
/// or else in the reader.
///
/// Makes the variant only for an aggregate that takes it: that costs the compiler a chain of
/// functions for each struct, and the processor a switch.
template <class A, std::size_t I>
bool read_and_apply(FoldStep<SubjectOf<typename A::State>>& step, KeptEvent& kept) {
    using State = SubjectOf<typename A::State>;
    using Event = typename A::Event;
    constexpr bool whole = !is_variant<Event> || AppliesWhole<A, State, Event>;
    using Read = typename std::conditional_t<whole, std::type_identity<Event>,
                                             std::variant_alternative<I, Event>>::type;
    Read* event;
    bool read;
    do {
        event = &kept.to_read<Read>(step.reader);
        if constexpr (whole)
            read = read_event<Event, I>(step.reader, *event);
        else
            read = read_value(step.reader, *event);
    } while (!read && kept.again(step.reader));
    if (!read || !step.reader.at_end())
        return false;
    step.doing = applying;
    return ApplyTo<A, State>{step.state, step.applied}(*event);
}

/// The same for an event that has the older form at `I`, which is made into that of today.
template <class A, std::size_t I>
bool read_older_and_apply(FoldStep<SubjectOf<typename A::State>>& step, KeptEvent& kept) {
    using State = SubjectOf<typename A::State>;
    using Event = typename A::Event;
    using Old = ReadableForm<Event, I>;
    using New = CurrentForm<Event, I>;
    Old* old;
    bool read;
    do {
        old = &kept.to_read<Old>(step.reader);
        read = read_value(step.reader, *old);
    } while (!read && kept.again(step.reader));
    if (!read || !step.reader.at_end())
        return false;
    const auto apply = [&step](New&& event) {
        step.doing = applying;
        if constexpr (is_variant<Event> && AppliesWhole<A, State, Event>)
            return ApplyTo<A, State>{step.state, step.applied}(
                Event(std::in_place_type<New>, std::move(event)));
        else
            return ApplyTo<A, State>{step.state, step.applied}(event);
    };
    step.doing = upcasting;
    if constexpr (UpcastOf<typename FormAfter<New, Old>::Type>::takes_reference)
        return upcast_and<New>(std::as_const(*old), step.record, step.applied, apply);
    else
        return upcast_and<New>(std::move(*old), step.record, step.applied, apply);
}

/// Folds stored events into a state one by one, each read as the struct that it is.
template <class A>
class EventFolder {
public:
    /// The state must outlive the folder.
    explicit EventFolder(typename A::State& state) : state_(state) {}

    /// Before the records of another page.
    void next_page() { seen_.clear(); }

    /// Reads the event in `record`, applies it, and increments the generation; does nothing for an
    /// event that the aggregate ignores. After an error, which names the place of the record, the
    /// state is unspecified.
    [[nodiscard]] Result<void> fold(const EventRecord& record) {
        const std::size_t index = index_of(record);
        if (index >= size)
            return index == ignored ? Result<void>() : unreadable(record);
        const std::uint64_t generation = state_.generation.value();
        if (generation == std::numeric_limits<std::uint64_t>::max())
            return in_place(generation_overflow(), record);
        FoldStep<Subject> step(record, subject(state_));
        auto done = guarded(step.doing, [&]() -> Result<void> {
            if (steps[index](step, kept_[index].next()))
                return {};
            return step.applied ? step.reader.error(errc::malformed) : std::move(step.applied);
        });
        if (!done)
            return in_place(in_step(std::move(done).error(), step.doing, record), record);
        state_.generation = Generation{generation + 1};
        return {};
    }

private:
    using Event = typename A::Event;
    using Subject = SubjectOf<typename A::State>;
    using Step = bool (*)(FoldStep<Subject>&, KeptEvent&);

    static constexpr std::size_t events = Alternatives<Event>::size;
    static constexpr std::size_t size = ReadableForms<Event>::size;
    static constexpr std::size_t ignored = size + 1;
    template <std::size_t... I, std::size_t... Older>
    static constexpr std::array<Step, size> make_steps(std::index_sequence<I...> /*events*/,
                                                       std::index_sequence<Older...> /*forms*/) {
        return {&read_and_apply<A, I>..., &read_older_and_apply<A, events + Older>...};
    }
    static constexpr std::array<Step, size> steps = make_steps(
        std::make_index_sequence<events>{}, std::make_index_sequence<older_forms<Event>>{});

    [[gnu::cold]] static Error in_place(Error error, const EventRecord& record) {
        return std::move(error).within(event_place(record.stream, record.revision));
    }
    [[gnu::cold]] static Error in_step(Error error, const char* doing, const EventRecord& record) {
        if (doing == upcasting)
            return in_upcast(std::move(error), record.type, record.version);
        return std::move(error).within(record.type);
    }
    [[gnu::cold]] static Error unreadable(const EventRecord& record) {
        return in_place(holds_json(record) ? EventTable<Event>::unknown(record.type, record.version)
                                           : no_json(record),
                        record);
    }

    /// The index of the form that the record is read as; `size` or `ignored` if it has none.
    std::size_t index_of(const EventRecord& record) {
        if (const std::size_t* seen = seen_.find(record))
            return *seen;
        const EventRow* const row =
            holds_json(record) ? EventTable<Event>::find(record.type, record.version) : nullptr;
        std::size_t index = row ? row->reads_as : size;
        if constexpr (unknown_events_of<A>() == UnknownEvents::ignore)
            if (!EventTable<Event>::has_type(record.type))
                index = ignored;
        seen_.add(record, index);
        return index;
    }

    typename A::State& state_;
    SeenTypes seen_;
    KeptEvent kept_[size];
};

} // namespace eventsourcing::detail

#endif
