// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TESTING_SCHEMA_SCHEMA_HPP
#define EVENTSOURCING_TESTING_SCHEMA_SCHEMA_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/codec/schema_text.hpp>
#include <eventsourcing/core/error.hpp>
#include <eventsourcing/core/in_quotes.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/testing/schema/layout_difference.hpp>
#include <eventsourcing/testing/schema/layout_tree.hpp>

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace eventsourcing::detail::schema {

/// A schema text, taken apart. Its views are of that text.
struct Schema {
    /// `combat.entity_attacked` and `2.0`.
    using Name = std::pair<std::string_view, std::string_view>;

    std::string_view aggregate{};
    std::string_view state{};
    std::map<std::string_view, std::string_view> options{}; // evolve_revision, ...
    std::map<Name, std::string_view> events{};              // their layouts
    std::map<Name, std::set<std::string_view>> aliases{};
    std::map<Name, std::string_view> tags{};
    /// The digest of a golden history; empty if there is none.
    std::string_view folds{};
};

/// The first word of `line`, which is taken from it.
inline std::string_view take_word(std::string_view& line) {
    const std::size_t end = line.find(' ');
    const std::string_view word = line.substr(0, end);
    line.remove_prefix(end == std::string_view::npos ? line.size() : end + 1);
    return word;
}

/// Takes one line of a schema text into account; false if it is none.
inline bool add_line(Schema& schema, std::string_view line) {
    const std::string_view word = take_word(line);
    if (word == "aggregate")
        schema.aggregate = line;
    else if (word == "state")
        schema.state = line;
    else if (word == "folds")
        schema.folds = line;
    else if (word == "evolve_revision" || word == "state_evolve_revision" ||
             word == "unknown_events")
        schema.options[word] = line;
    else if (word == "event" || word == "alias" || word == "tags") {
        const std::string_view type = take_word(line);
        const Schema::Name name{type, take_word(line)};
        if (name.first.empty() || name.second.empty())
            return false;
        if (word == "event")
            return LayoutReader(line).read() && schema.events.emplace(name, line).second;
        if (word == "alias")
            schema.aliases[name].insert(line);
        else
            schema.tags[name] = line;
    } else
        return false;
    return !line.empty() || word == "tags";
}

/// Errors are `malformed` and name the line.
inline Result<Schema> read_schema(std::string_view text) {
    Schema schema;
    for (std::size_t number = 1; !text.empty(); ++number) {
        const std::size_t end = text.find('\n');
        const std::string_view line = text.substr(0, end);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        const bool heading = number == 1 && line == schema_heading;
        if (!heading && (number == 1 || !add_line(schema, line)))
            return Error(errc::malformed, joined({"line ", std::to_string(number), ": ",
                                                  in_quotes(line), " is no line of a schema"}));
    }
    if (schema.aggregate.empty() || !LayoutReader(schema.state).read())
        return Error(errc::malformed, "it lacks the aggregate or the layout of its state");
    return schema;
}

/// `combat.entity_attacked 2.0: `
inline std::string begin_of(const Schema::Name& name) {
    return joined({name.first, " ", name.second, ": "});
}

inline void compare_layouts(std::string begin, std::string_view before, std::string_view now,
                            Differences& out, std::string_view consequence = {}) {
    const auto old_tree = LayoutReader(before).read();
    const auto new_tree = LayoutReader(now).read();
    if (old_tree && new_tree)
        LayoutComparison(std::move(begin), out, consequence).compare(*old_tree, *new_tree);
}

inline void compare_events(const Schema& before, const Schema& now, Differences& out) {
    for (const auto& [name, layout] : before.events) {
        const auto same = now.events.find(name);
        if (same == now.events.end())
            out.breaking.push_back(begin_of(name) +
                                   "can no longer be read (keep its struct and give the newer one "
                                   "an upcast from it, or keep it in the variant)");
        else
            compare_layouts(begin_of(name), layout, same->second, out);
    }
    for (const auto& [name, layout] : now.events)
        if (!before.events.contains(name))
            out.allowed.push_back(begin_of(name) + "is new");
}

inline void compare_aliases(const Schema& before, const Schema& now, Differences& out) {
    const auto has = [](const Schema& schema, const Schema::Name& name, std::string_view alias) {
        const auto found = schema.aliases.find(name);
        return found != schema.aliases.end() && found->second.contains(alias);
    };
    for (const auto& [name, aliases] : before.aliases)
        for (const std::string_view alias : aliases)
            if (now.events.contains(name) && !has(now, name, alias))
                out.breaking.push_back(joined({begin_of(name), "the alias ", alias,
                                               " is gone, but events may be stored under it"}));
    for (const auto& [name, aliases] : now.aliases)
        for (const std::string_view alias : aliases)
            if (!has(before, name, alias))
                out.allowed.push_back(joined({begin_of(name), "the alias ", alias, " is new"}));
}

inline void compare_tags(const Schema& before, const Schema& now, Differences& out) {
    const auto of = [](const Schema& schema, const Schema::Name& name) {
        const auto found = schema.tags.find(name);
        return found == schema.tags.end() ? std::string_view() : found->second;
    };
    for (const auto& [name, layout] : now.events)
        if (before.events.contains(name) && of(before, name) != of(now, name))
            out.breaking.push_back(joined(
                {begin_of(name), "its tags had the keys ", in_quotes(of(before, name)),
                 " and have ", in_quotes(of(now, name)),
                 " (stored events keep their tags: a query by a new key does not find them)"}));
}

inline void compare_state(const Schema& before, const Schema& now, Differences& out) {
    constexpr std::string_view consequence = " (its snapshots are made again)";
    Differences of_state;
    compare_layouts("the state: ", before.state, now.state, of_state, consequence);
    for (auto* sentences : {&of_state.breaking, &of_state.allowed})
        for (std::string& sentence : *sentences)
            out.allowed.push_back(std::move(sentence));
    for (const std::string_view option :
         {"evolve_revision", "state_evolve_revision", "unknown_events"}) {
        const auto of = [option](const Schema& schema) {
            const auto found = schema.options.find(option);
            return found == schema.options.end() ? std::string_view("nothing") : found->second;
        };
        if (of(before) != of(now))
            out.allowed.push_back(
                joined({option, ": ", of(before), " became ", of(now), consequence}));
    }
}

/// The event of the same version by which `name` is read now: one that has its type as an alias.
/// Null if there is none.
inline const Schema::Name* renamed(const Schema::Name& name, const Schema& now) {
    for (const auto& [other, aliases] : now.aliases)
        if (other.second == name.second && aliases.contains(name.first))
            return &other;
    return nullptr;
}

/// Tells which events have another type now, and gives them that type in `before`, so that the rest
/// is compared under it.
inline void compare_types(Schema& before, const Schema& now, Differences& out) {
    const auto events = before.events; // the loop changes these
    for (const auto& [name, layout] : events) {
        const Schema::Name* const to = now.events.contains(name) ? nullptr : renamed(name, now);
        if (to == nullptr)
            continue;
        auto aliases = before.aliases[name];
        const bool was_known = aliases.erase(to->first) != 0 || events.contains(*to);
        if (was_known)
            out.allowed.push_back(
                joined({begin_of(name), "is stored as ", to->first, " now, and still read"}));
        else
            out.breaking.push_back(joined(
                {begin_of(name), "is stored as ", to->first,
                 " now, which an older program that still runs can't read (release first a program "
                 "that has ",
                 to->first, " as an alias)"}));
        before.events.erase(name);
        if (!before.events.emplace(*to, layout).second)
            compare_layouts(begin_of(name), layout, now.events.at(*to), out);
        aliases.insert(name.first);
        before.aliases[*to].merge(aliases);
        if (const auto tags = before.tags.find(name); tags != before.tags.end())
            before.tags.emplace(*to, tags->second);
    }
}

inline Differences compare(Schema before, const Schema& now) {
    Differences out;
    compare_types(before, now, out);
    compare_state(before, now, out);
    compare_events(before, now, out);
    compare_aliases(before, now, out);
    compare_tags(before, now, out);
    return out;
}

} // namespace eventsourcing::detail::schema

#endif
