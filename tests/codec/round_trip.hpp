// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TESTS_CODEC_ROUND_TRIP_HPP
#define EVENTSOURCING_TESTS_CODEC_ROUND_TRIP_HPP

#include <eventsourcing/codec/json.hpp>

#include <string>
#include <string_view>

/// The JSON of a value, or why it has none.
template <class T>
std::string text_of(const T& value) {
    auto text = eventsourcing::encode_json(value);
    return text ? *text : text.error().message();
}

/// What a text is read as, written again; or why it is refused.
template <class T>
std::string reread(std::string_view text) {
    auto value = eventsourcing::decode_json<T>(text);
    return value ? text_of(*value) : value.error().message();
}

/// Whether a value is read back from its JSON as it was.
template <class T>
bool comes_back(const T& value) {
    auto text = eventsourcing::encode_json(value);
    auto back = eventsourcing::decode_json<T>(text ? *text : std::string());
    return text && back && *back == value;
}

#endif
