// SPDX-License-Identifier: MIT
// Any text: the library takes, refuses and reads what nlohmann's parser does, with 64 levels at
// most and no duplicate members. This is the grammar, however a text is read: into a document, as a
// value that is skipped, and as a single value.
#include <eventsourcing/codec/json.hpp>

#include "codec/reference.hpp"
#include "fuzz/fuzz.hpp"

#include <nlohmann/json.hpp>

#include <bit>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace {

namespace es = eventsourcing;
using fuzz::require;
using nlohmann::json;

bool is_skipped(std::string_view text) {
    es::detail::JsonScanner scanner(text);
    return scanner.skip_value() && scanner.at_end();
}

/// Equal, and fractions bit for bit.
bool are_same(const json& a, const json& b) {
    if (a.is_number_integer() && b.is_number_integer()) // signed or not: -0 is written 0
        return a == b;
    if (a.type() != b.type() || a.size() != b.size())
        return false;
    if (a.is_number_float())
        return std::bit_cast<std::uint64_t>(a.get<double>()) ==
               std::bit_cast<std::uint64_t>(b.get<double>());
    if (a.is_array()) {
        for (std::size_t i = 0; i < a.size(); ++i)
            if (!are_same(a[i], b[i]))
                return false;
        return true;
    }
    if (a.is_object()) {
        for (const auto& [name, value] : a.items())
            if (const auto other = b.find(name); other == b.end() || !are_same(value, *other))
                return false;
        return true;
    }
    return a == b;
}

template <class Integer>
void check_integer(std::string_view text, const std::optional<json>& document) {
    const auto fits = [](const json& number) {
        if (number.is_number_unsigned())
            return number.get<std::uint64_t>() <=
                   static_cast<std::uint64_t>(std::numeric_limits<Integer>::max());
        return number.is_number_integer() &&
               number.get<std::int64_t>() >=
                   static_cast<std::int64_t>(std::numeric_limits<Integer>::min()) &&
               (number.get<std::int64_t>() < 0 ||
                number.get<std::uint64_t>() <=
                    static_cast<std::uint64_t>(std::numeric_limits<Integer>::max()));
    };
    const auto value = es::decode_json<Integer>(text);
    require(value.has_value() == (document && fits(*document)), "an integer where one is", text);
    if (value)
        require(*value == document->get<Integer>(), "the same integer", text);
}

/// The text of a number, as the C library reads it.
template <class Float>
void check_floating(std::string_view text, bool is_number, Float (*parse)(const char*, char**)) {
    const auto value = es::decode_json<Float>(text);
    const auto expected = is_number ? parse(std::string(text).c_str(), nullptr) : Float(0);
    constexpr auto max = std::numeric_limits<Float>::max();
    const bool fits = expected >= -max && expected <= max;
    require(value.has_value() == (is_number && fits), "a number where one is", text);
    if (value)
        require(*value == expected, "the same number", text);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto text = fuzz::text_of(data, size);
    const auto [expected, number_too_big] = json_reference::parse(text);

    const auto document = es::decode_json<json>(text);
    require(document.has_value() == expected.has_value(), "what nlohmann takes, and no more", text);
    // skipping a number does not check its size; nlohmann saw nothing after it
    require(number_too_big || is_skipped(text) == expected.has_value(), "skipped if taken", text);
    if (document) {
        require(are_same(*document, *expected), "the same document", text);
        const auto written = es::encode_json(*document);
        require(written.has_value(), "what was read can be written", text);
        require(are_same(json::parse(*written), *expected), "written as it was read", *written);
    } else {
        require(document.error().kind() == es::errc::malformed, "malformed", text);
        fuzz::require_readable(document.error().message());
    }

    check_integer<std::uint64_t>(text, expected);
    check_integer<std::int64_t>(text, expected);
    check_integer<std::uint32_t>(text, expected);
    check_integer<std::int8_t>(text, expected);
    const bool is_number = (expected && expected->is_number()) ||
                           (number_too_big && is_skipped(text) &&
                            text.find_first_of("[{\"") == std::string_view::npos);
    check_floating<double>(text, is_number, std::strtod);
    check_floating<float>(text, is_number, std::strtof);
    const auto string = es::decode_json<std::string>(text);
    require(string.has_value() == (expected && expected->is_string()), "a string", text);
    if (string)
        require(*string == expected->get<std::string>(), "the same string", text);
    return 0;
}
