// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TESTS_CODEC_REFERENCE_HPP
#define EVENTSOURCING_TESTS_CODEC_REFERENCE_HPP

#include <nlohmann/json.hpp>

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

/// What a JSON text is to the library, found without it. nlohmann's parser is the reference: it is
/// strict about the grammar, and checked by many others.
namespace json_reference {

using Json = nlohmann::json;

/// Finds what the library refuses beyond the grammar: duplicate members, more than 64 levels.
class Limits : public nlohmann::json_sax<Json> {
public:
    [[nodiscard]] bool kept() const { return kept_; }
    /// The parser stopped at a number that is JSON, but too big for a double.
    [[nodiscard]] bool number_too_big() const { return number_too_big_; }

    bool null() override { return true; }
    bool boolean(bool /*value*/) override { return true; }
    bool number_integer(number_integer_t /*value*/) override { return true; }
    bool number_unsigned(number_unsigned_t /*value*/) override { return true; }
    bool number_float(number_float_t /*value*/, const string_t& /*text*/) override { return true; }
    bool string(string_t& /*value*/) override { return true; }
    bool binary(binary_t& /*value*/) override { return true; }
    bool start_object(std::size_t /*size*/) override { return enter(); }
    bool key(string_t& name) override {
        kept_ = kept_ && names_.back().insert(name).second;
        return true;
    }
    bool end_object() override { return leave(); }
    bool start_array(std::size_t /*size*/) override { return enter(); }
    bool end_array() override { return leave(); }
    bool parse_error(std::size_t /*at*/, const std::string& /*token*/,
                     const Json::exception& error) override {
        constexpr int out_of_range = 406;
        number_too_big_ = error.id == out_of_range;
        return false;
    }

private:
    bool enter() {
        names_.emplace_back();
        kept_ = kept_ && names_.size() <= 64;
        return true;
    }
    bool leave() {
        names_.pop_back();
        return true;
    }
    std::vector<std::set<std::string>> names_;
    bool kept_ = true;
    bool number_too_big_ = false;
};

/// What a text is: a document, or none.
struct Parsed {
    std::optional<Json> document;
    /// There is no document, for the one reason that does not matter when a number is skipped.
    bool number_too_big = false;
};

inline Parsed parse(std::string_view text) {
    Limits limits;
    // It skips a byte order mark, and takes a zero for the end of the text.
    if (text.starts_with("\xEF\xBB\xBF") || text.find('\0') != text.npos)
        return {};
    if (!Json::sax_parse(text, &limits))
        return {{}, limits.number_too_big()};
    if (!limits.kept())
        return {};
    return {Json::parse(text)};
}

} // namespace json_reference

#endif
