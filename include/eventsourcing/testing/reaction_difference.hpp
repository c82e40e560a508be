// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TESTING_REACTION_DIFFERENCE_HPP
#define EVENTSOURCING_TESTING_REACTION_DIFFERENCE_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/codec/json.hpp>
#include <eventsourcing/core/alternatives.hpp>
#include <eventsourcing/core/in_quotes.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/core/type_name.hpp>
#include <eventsourcing/runtime/process.hpp>
#include <eventsourcing/runtime/process/process_step.hpp>
#include <eventsourcing/runtime/reaction.hpp>
#include <eventsourcing/testing/describe.hpp>
#include <eventsourcing/testing/stored_again.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

// What a process was expected to do and what it did, in words, and what is wrong with it once it is
// stored.

namespace eventsourcing::detail {

/// `24h`, `90min`: in the greatest unit in which it is a whole number.
inline std::string describe_duration(std::chrono::nanoseconds duration) {
    struct Unit {
        std::chrono::nanoseconds length;
        std::string_view name;
    };
    using namespace std::chrono_literals;
    for (const Unit& unit : {Unit{1h, "h"}, Unit{1min, "min"}, Unit{1s, "s"}, Unit{1ms, "ms"}})
        if (duration % unit.length == 0ns)
            return joined({std::to_string(duration / unit.length), unit.name});
    return joined({std::to_string(duration.count()), "ns"});
}

/// Calls `f` with the command of a step, as its target's variant; nothing if it can't be read.
template <class P, class F>
std::string with_command(const StoredCommand& stored, F f) {
    return []<class... As>(TypeList<As...>, const StoredCommand& of, F& use) {
        std::string out;
        static_cast<void>(((of.target == target_name<As>()
                                ? (out = use(decode_json<typename As::Command>(of.command)), true)
                                : false) ||
                           ...));
        return out;
    }(typename TargetsOf<typename P::Reaction>::List{}, stored, f);
}

/// `account "a" Withdraw{transfer_id: "1", amount: 30}`.
template <class P>
std::string describe_command(const StoredCommand& stored) {
    return joined({stored.target, " ", in_quotes(stored.id), " ",
                   with_command<P>(stored, [&](const auto& command) {
                       if (!command)
                           return stored.command;
                       return visit_alternative(*command, []<class C>(const C& c) {
                           return std::string(type_name<C>()) + describe_value(c);
                       });
                   })});
}

/// What a command becomes when it is stored and read back; empty if it stays what it is.
template <class P>
std::string fault_of_command(const StoredCommand& stored) {
    return with_command<P>(stored, [&](const auto& command) {
        if (!command)
            return joined({"  the command for ", stored.target,
                           " can't be read back: ", command.error().message(), "\n"});
        const auto again = encode_json(*command);
        if (again && *again == stored.command)
            return std::string();
        return joined({"  the command for ", stored.target, " is read back as another value: ",
                       stored.command, " became ", again ? *again : "nothing", "\n"});
    });
}

/// A command and another one to the same target: their fields, if both are of one struct.
template <class P>
std::string command_difference(const StoredCommand& expected, const StoredCommand& got) {
    const std::string whole = joined({"    expected ", describe_command<P>(expected),
                                      "\n    got      ", describe_command<P>(got), "\n"});
    if (expected.target != got.target || expected.id != got.id)
        return whole;
    return with_command<P>(expected, [&]<class V>(const Result<V>& wanted) {
        const auto found = decode_json<V>(got.command);
        if (!wanted || !found)
            return whole;
        return visit_alternative(*wanted, [&]<class C>(const C& one) {
            const C* other = nullptr;
            if constexpr (is_variant<V>)
                other = std::get_if<C>(&*found);
            else
                other = &*found;
            if constexpr (can_compare<C>())
                if (other)
                    return joined({"    ", got.target, " ", in_quotes(got.id), " ", type_name<C>(),
                                   "\n"}) +
                           describe_difference(one, *other, "      ");
            return whole;
        });
    });
}

template <class P>
std::string commands_difference(const std::vector<StoredCommand>& expected,
                                const std::vector<StoredCommand>& got) {
    std::string out;
    for (std::size_t i = 0; i < std::max(expected.size(), got.size()); ++i) {
        const std::string head = joined({"  command ", std::to_string(i + 1), ": "});
        if (i >= expected.size())
            out += joined({head, "expected none, got ", describe_command<P>(got[i]), "\n"});
        else if (i >= got.size())
            out += joined({head, "expected ", describe_command<P>(expected[i]), ", got none\n"});
        else if (expected[i] != got[i])
            out += head + "\n" + command_difference<P>(expected[i], got[i]);
    }
    return out;
}

/// Deadlines by type; the last one of a type counts.
using ReactedDeadlines = std::map<std::string, ReactedDeadline>;

inline ReactedDeadlines by_type(const std::vector<ReactedDeadline>& deadlines) {
    ReactedDeadlines all;
    for (const ReactedDeadline& deadline : deadlines)
        all.insert_or_assign(deadline.type, deadline);
    return all;
}
/// Those of a step, as the reaction said them.
inline ReactedDeadlines reacted(const StepInput& input,
                                const std::vector<StepDeadline>& deadlines) {
    ReactedDeadlines all;
    for (const StepDeadline& each : deadlines) {
        ReactedDeadline deadline{each.type, each.data, std::nullopt};
        if (each.due)
            deadline.after = *each.due - input.at;
        all.insert_or_assign(each.type, std::move(deadline));
    }
    return all;
}

inline std::string describe_deadline(const ReactedDeadline& deadline) {
    if (!deadline.after)
        return "that it is taken back";
    return joined({deadline.data, " in ", describe_duration(*deadline.after)});
}
inline std::string deadlines_difference(const ReactedDeadlines& expected,
                                        const ReactedDeadlines& got) {
    std::string out;
    for (const auto& [type, deadline] : expected) {
        const auto found = got.find(type);
        if (found == got.end() || !(found->second == deadline))
            out +=
                joined({"  deadline ", type, ": expected ", describe_deadline(deadline), ", got ",
                        found == got.end() ? "nothing" : describe_deadline(found->second), "\n"});
    }
    for (const auto& [type, deadline] : got)
        if (expected.count(type) == 0)
            out += joined({"  deadline ", type, ": expected nothing, got ",
                           describe_deadline(deadline), "\n"});
    return out;
}

} // namespace eventsourcing::detail

#endif
