// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TESTING_STORED_STATE_HPP
#define EVENTSOURCING_TESTING_STORED_STATE_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/codec/json.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/testing/describe.hpp>
#include <eventsourcing/testing/same_value.hpp>
#include <eventsourcing/testing/stored_again.hpp>

#include <string>

// States that have a JSON form, which is how they are stored.

namespace eventsourcing::detail {

template <class State>
std::string json_text(const State& state) {
    const auto text = encode_json(state);
    return text ? *text : std::string(text.error().message());
}

/// By `==`, or field by field, or by the JSON.
template <class State>
bool same_state(const State& a, const State& b) {
    if constexpr (can_compare<State>())
        return same_value(a, b);
    else
        return json_text(a) == json_text(b);
}

/// One line for each field that differs.
template <class State>
std::string state_difference(const State& expected, const State& got, const std::string& indent) {
    if constexpr (can_compare<State>())
        return describe_difference(expected, got, indent);
    else
        return indent + "expected " + json_text(expected) + ", got " + json_text(got) + "\n";
}

/// What is wrong with a state once it is stored, as lines; empty if nothing is.
template <class State>
std::string fault_of_state(const State& state, const std::string& indent) {
    const auto text = encode_json(state);
    if (!text)
        return indent + "can't be stored: " + std::string(text.error().message()) + "\n";
    const auto again = decode_json<State>(*text);
    if (!again)
        return indent + "can't be read back: " + std::string(again.error().message()) + "\n";
    if (same_state(state, *again))
        return {};
    return indent + "is read back as another value\n" +
           state_difference(state, *again, indent + "  ");
}

} // namespace eventsourcing::detail

#endif
