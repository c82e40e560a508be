// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CODEC_JSON_NLOHMANN_HPP
#define EVENTSOURCING_CODEC_JSON_NLOHMANN_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/codec/json_number.hpp>
#include <eventsourcing/codec/json_scanner.hpp>
#include <eventsourcing/codec/json_writer.hpp>

#include <nlohmann/json_fwd.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

// Between JSON text and nlohmann's document, by our own writer and scanner: so that the library's
// limits and messages are the same there, and nothing of nlohmann throws. The headers need only its
// forward declarations: a program with a `to_json` has included the rest.

namespace eventsourcing::detail {

template <class J>
bool write_dom(JsonWriter& out, const J& value) {
    using Type = typename J::value_t;
    switch (value.type()) {
    case Type::null:
        out.raw("null");
        return true;
    case Type::boolean:
        out.raw(value.template get_ref<const typename J::boolean_t&>() ? std::string_view("true")
                                                                       : "false");
        return true;
    case Type::number_integer:
        out.integer(value.template get_ref<const typename J::number_integer_t&>());
        return true;
    case Type::number_unsigned:
        out.integer(value.template get_ref<const typename J::number_unsigned_t&>());
        return true;
    case Type::number_float:
        return out.floating(value.template get_ref<const typename J::number_float_t&>());
    case Type::string:
        return out.string(value.template get_ref<const typename J::string_t&>());
    case Type::array: {
        if (!out.enter())
            return false;
        std::size_t i = 0;
        for (const auto& element : value) {
            out.raw(i == 0 ? '[' : ',');
            if (!write_dom(out, element))
                return out.in_element(i);
            ++i;
        }
        out.raw(i == 0 ? std::string_view("[]") : "]");
        out.leave();
        return true;
    }
    case Type::object: {
        if (!out.enter())
            return false;
        char separator = '{';
        for (const auto& [name, member] : value.template get_ref<const typename J::object_t&>()) {
            out.raw(std::exchange(separator, ','));
            if (!out.string(name))
                return false;
            out.raw(':');
            if (!write_dom(out, member))
                return out.in_member(name);
        }
        out.raw(separator == '{' ? std::string_view("{}") : "}");
        out.leave();
        return true;
    }
    default:
        return out.fail("expected a JSON value, got binary or discarded data of nlohmann::json");
    }
}

template <class J>
bool read_dom_number(JsonScanner& in, J& value) {
    std::string_view text;
    if (!in.number(text, "a JSON value"))
        return false;
    JsonScanner number(text);
    std::uint64_t magnitude = 0;
    bool negative = false;
    if (number.integer(magnitude, negative)) {
        if (!negative) {
            value = magnitude;
            return true;
        }
        if (magnitude <= std::uint64_t{1} << 63U) {
            value = static_cast<std::int64_t>(~magnitude + 1);
            return true;
        }
    }
    double floating = 0;
    if (!parse_floating(text, floating))
        return in.out_of_range("a number in the range of double", text);
    value = floating;
    return true;
}

template <class J>
bool read_dom(JsonScanner& in, J& value) {
    switch (in.next()) {
    case '{': {
        if (!in.begin('{', "an object"))
            return false;
        value = J::object();
        auto& members = value.template get_ref<typename J::object_t&>();
        const auto names = in.noted_names();
        for (bool first = true; in.more(first, '}'); first = false) {
            JsonString name;
            typename J::string_t key;
            if (!in.member_name(name))
                return false;
            in.note_name(name);
            name.copy_to(key);
            J member;
            if (!read_dom(in, member))
                return in.in_member(name);
            // at the end: an ordered_json searches all its members before it inserts one
            if constexpr (requires { members.emplace_back(std::move(key), std::move(member)); })
                members.emplace_back(std::move(key), std::move(member));
            else
                members.emplace_hint(members.end(), std::move(key), std::move(member));
        }
        return !in.failed() && in.check_names(names);
    }
    case '[': {
        if (!in.begin('[', "an array"))
            return false;
        value = J::array();
        auto& elements = value.template get_ref<typename J::array_t&>();
        for (std::size_t i = 0; in.more(i == 0, ']'); ++i)
            if (!read_dom(in, elements.emplace_back()))
                return in.in_element(i);
        return !in.failed();
    }
    case '"': {
        JsonString text;
        if (!in.string(text, "a string"))
            return false;
        value = typename J::string_t();
        text.copy_to(value.template get_ref<typename J::string_t&>());
        return true;
    }
    case 't':
    case 'f': {
        bool truth = false;
        if (!in.boolean(truth))
            return false;
        value = truth;
        return true;
    }
    case 'n':
        value = nullptr;
        return in.take_null() || in.unexpected("a JSON value");
    default:
        return read_dom_number(in, value);
    }
}

/// Whether `<nlohmann/json.hpp>` is included, and not only its forward declarations.
template <class J>
concept Complete = requires { sizeof(J); };

} // namespace eventsourcing::detail

#endif
