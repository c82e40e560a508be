// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CODEC_SCHEMA_TEXT_HPP
#define EVENTSOURCING_CODEC_SCHEMA_TEXT_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/codec/event_table.hpp>
#include <eventsourcing/codec/json_blank.hpp>
#include <eventsourcing/codec/layout.hpp>
#include <eventsourcing/core/aggregate_options.hpp>
#include <eventsourcing/core/aggregate_state.hpp>
#include <eventsourcing/core/alternatives.hpp>
#include <eventsourcing/core/event_traits.hpp>
#include <eventsourcing/core/exceptions.hpp>
#include <eventsourcing/core/in_quotes.hpp>
#include <eventsourcing/core/upcast.hpp>

#include <algorithm>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace eventsourcing {

namespace detail {

/// The first line of every schema text.
inline constexpr std::string_view schema_heading = "eventsourcing schema 1";

/// One line: a word, and what it says.
inline void add_schema_line(std::string& out, std::string_view word,
                            std::initializer_list<std::string_view> rest) {
    out += word;
    for (const std::string_view part : rest) {
        out += ' ';
        out += part;
    }
    out += '\n';
}

class LayoutString : public LayoutWriter<LayoutString> {
public:
    static constexpr bool sees_members = true;

    void add(std::string_view text) { text_ += text; }
    [[nodiscard]] std::string take() && { return std::move(text_); }

private:
    std::string text_{};
};
/// As `layout_text`, but with the members of types with a `members` line.
template <class T>
std::string full_layout() {
    LayoutString out;
    put_layout<T>(out);
    return std::move(out).take();
}

/// The keys of the tags that an event without values has: `course` of `course:`. A tag without a
/// colon is all value, and stands there as `*`.
template <class E>
std::vector<std::string> keys_of_tags() {
    std::vector<std::string> keys;
    EVENTSOURCING_TRY {
        const E event = blank<E>();
        for (const auto& tag : event.event_tags()) {
            const std::string_view text(tag);
            const auto colon = text.find(':');
            keys.emplace_back(colon == std::string_view::npos ? "*" : text.substr(0, colon));
        }
    }
    EVENTSOURCING_CATCH(...) {
        keys.assign(1, "unknown"); // these tags can't be made of nothing
    }
    std::sort(keys.begin(), keys.end());
    keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
    return keys;
}

template <class E>
void add_event_schema(std::string& out) {
    using Traits = EventTraits<E>;
    add_schema_line(out, "event",
                    {Traits::event_type, Traits::event_type_version, full_layout<E>()});
    for (const std::string_view alias : Traits::event_type_aliases)
        add_schema_line(out, "alias", {Traits::event_type, Traits::event_type_version, alias});
    if constexpr (NamesItsTags<E> && CanBeBlank<E>) {
        std::string all;
        for (const std::string& key : keys_of_tags<E>())
            all += (all.empty() ? "" : ",") + key;
        add_schema_line(out, "tags", {Traits::event_type, Traits::event_type_version, all});
    }
}

} // namespace detail

/// What an aggregate stores, as text: its state, and each event in each version that can be read,
/// with its layout (codec/layout.hpp), aliases and the keys of its tags. One thing in each line, so
/// that version control shows what has changed:
///
///     eventsourcing schema 1
///     aggregate Combat
///     state {entity_id:text,hitpoints:uint32,generation:uint64}
///     event combat.entity_attacked 2.0 {entity_id:text,damage:uint32}
///     event combat.entity_attacked 1.0 {entity_id:text,damage:text}
///
/// A type with a `members` line is shown with the members that it names for an object without
/// values. (The fingerprint of a state, which is otherwise made of what stands here except for the
/// name and the tags, can't see these.) So are the keys of tags: those of an event without values.
template <class A>
[[nodiscard]] std::string schema_text() {
    using State = typename A::State;
    constexpr std::string_view of_state = detail::evolve_revision_of<detail::SubjectOf<State>>();
    constexpr std::string_view of_aggregate = detail::evolve_revision_of<A>();
    static_assert(EventTable<typename A::Event>::rows.size() != 0); // checks the upcasts
    std::string out(detail::schema_heading);
    out += '\n';
    detail::add_schema_line(out, "aggregate", {detail::bare_name<A>()});
    detail::add_schema_line(out, "state", {detail::full_layout<State>()});
    if constexpr (!of_aggregate.empty())
        detail::add_schema_line(out, "evolve_revision", {detail::in_quotes(of_aggregate)});
    if constexpr (!of_state.empty())
        detail::add_schema_line(out, "state_evolve_revision", {detail::in_quotes(of_state)});
    if constexpr (detail::unknown_events_of<A>() == UnknownEvents::ignore)
        detail::add_schema_line(out, "unknown_events", {"ignore"});
    [&out]<class... Forms>(detail::TypeList<Forms...> /*readable*/) {
        (detail::add_event_schema<Forms>(out), ...);
    }(detail::ReadableForms<typename A::Event>{});
    return out;
}

} // namespace eventsourcing

#endif
