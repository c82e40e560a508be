// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_EVENT_FOLDER_HPP
#define EVENTSOURCING_RUNTIME_EVENT_FOLDER_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/codec/event_codec.hpp>
#include <eventsourcing/codec/json_form.hpp>
#include <eventsourcing/core/alternatives.hpp>
#include <eventsourcing/core/application_error.hpp>
#include <eventsourcing/core/apply.hpp>
#include <eventsourcing/core/fold.hpp>
#include <eventsourcing/core/result.hpp>
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

/// Remembers the index of a record's type in the variant by the address of its text: usually the
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

/// The state of folding one stored event.
template <class State>
struct FoldStep {
    FoldStep(std::string_view text, State& folded) : reader(text), state(folded) {}

    JsonReader reader;
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
    step.doing = "apply_event";
    return ApplyTo<A, State>{step.state, step.applied}(*event);
}

/// Folds stored events into a state one by one, each read as the struct that it is.
template <class A>
class EventFolder {
public:
    /// The state must outlive the folder.
    explicit EventFolder(typename A::State& state) : state_(state) {}

    /// Before the records of another page.
    void next_page() { seen_.clear(); }

    /// Reads the event in `record`, applies it, and increments the generation. After an error,
    /// which names the place of the record, the state is unspecified.
    [[nodiscard]] Result<void> fold(const EventRecord& record) {
        const std::size_t index = index_of(record);
        if (index == size)
            return unreadable(record);
        const std::uint64_t generation = state_.generation.value();
        if (generation == std::numeric_limits<std::uint64_t>::max())
            return in_place(generation_overflow(), record);
        FoldStep<Subject> step(record.data, subject(state_));
        auto done = guarded(step.doing, [&]() -> Result<void> {
            if (steps[index](step, kept_[index].next()))
                return {};
            return step.applied ? step.reader.error(errc::malformed) : std::move(step.applied);
        });
        if (!done)
            return in_place(step.doing == making_event ? std::move(done).error().within(record.type)
                                                       : std::move(done).error(),
                            record);
        state_.generation = Generation{generation + 1};
        return {};
    }

private:
    using Event = typename A::Event;
    using Subject = SubjectOf<typename A::State>;
    using Step = bool (*)(FoldStep<Subject>&, KeptEvent&);

    static constexpr std::size_t size = Alternatives<Event>::size;
    template <std::size_t... I>
    static constexpr std::array<Step, size> make_steps(std::index_sequence<I...> /*indexes*/) {
        return {&read_and_apply<A, I>...};
    }
    static constexpr std::array<Step, size> steps = make_steps(std::make_index_sequence<size>{});

    [[gnu::cold]] static Error in_place(Error error, const EventRecord& record) {
        return std::move(error).within(event_place(record.stream, record.revision));
    }
    [[gnu::cold]] static Error unreadable(const EventRecord& record) {
        return in_place(holds_json(record) ? EventTable<Event>::unknown(record.type, record.version)
                                           : no_json(record),
                        record);
    }

    /// The index of the record's type in the variant; `size` if it has none.
    std::size_t index_of(const EventRecord& record) {
        if (const std::size_t* seen = seen_.find(record))
            return *seen;
        const EventRow* const row =
            holds_json(record) ? EventTable<Event>::find(record.type, record.version) : nullptr;
        const std::size_t index = row ? row->index : size;
        seen_.add(record, index);
        return index;
    }

    typename A::State& state_;
    SeenTypes seen_;
    KeptEvent kept_[size];
};

} // namespace eventsourcing::detail

#endif
