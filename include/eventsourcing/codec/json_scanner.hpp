// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CODEC_JSON_SCANNER_HPP
#define EVENTSOURCING_CODEC_JSON_SCANNER_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/codec/json_chars.hpp>
#include <eventsourcing/codec/json_failure.hpp>
#include <eventsourcing/codec/json_skim.hpp>
#include <eventsourcing/codec/json_string.hpp>
#include <eventsourcing/codec/small_stack.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/core/utf8.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace eventsourcing::detail {

/// Reads JSON (RFC 8259) from left to right: each call takes one token that the caller expects, or
/// fails and says what was found instead.
///
/// Strict: no byte order mark, no comments, no trailing commas, UTF-8 only, no lone surrogates, no
/// two members of one name, at most 64 levels. Allocates only error messages, and the names of
/// unknown members if there are many.
class JsonScanner : public JsonFailure {
public:
    /// `depth` is the number of levels around the text; -1 to leave its outermost level uncounted.
    explicit JsonScanner(std::string_view text, int depth = 0)
        : at_(text.data()),
          begin_(at_),
          end_(at_ + text.size()),
          depth_(depth) {}
    JsonScanner(const JsonScanner&) = delete;
    JsonScanner& operator=(const JsonScanner&) = delete;

    /// The next character after white space, 0 at the end of the text.
    char next() {
        at_ = after_space(at_);
        return at_ == end_ ? '\0' : *at_;
    }
    /// Takes `c` if it is next.
    bool take(char c) {
        if (next() != c || at_ == end_)
            return false;
        ++at_;
        return true;
    }
    /// Where the name of the next member starts, after its quote; null if there is none. Takes
    /// nothing.
    [[nodiscard]] const char* peek_name(bool first) const {
        const bool compact = !first && end_ - at_ >= 2 && at_[0] == ',' && at_[1] == '"';
        return compact ? at_ + 2 : peek_spaced_name(first);
    }
    /// Takes the name of a member, with all before it and its colon, if it is the name at `at`,
    /// which `peek_name` has returned. Special bytes in `name` are only those of UTF-8.
    bool take_name(const char* at, std::string_view name);

    bool take_null() { return next() == 'n' && take_word("null"); }
    bool boolean(bool& value);
    /// Takes an integer of up to 64 bits. False if something else is next, which is not taken.
    bool integer(std::uint64_t& magnitude, bool& negative);
    /// Takes an integer from 0, or `-max - 1` if it is signed, to `max`; `bits` as two's
    /// complement.
    bool integer(std::uint64_t max, bool is_signed, std::uint64_t& bits, std::string_view expected);
    /// Takes a number and gives its text; see `parse_floating` (json_number.hpp).
    bool number(std::string_view& text, std::string_view expected);
    bool string(JsonString& value, std::string_view expected);
    /// Takes a value of any kind.
    bool skip_value() {
        const char* const end = JsonSkim(end_).value(at_, int{max_json_depth} - depth_);
        if (end == nullptr)
            return skip_with_care();
        at_ = end;
        return true;
    }
    /// Takes a value of any kind and gives its text, without the white space around it.
    bool raw_value(std::string_view& text) {
        next();
        const char* const begin = at_;
        const bool ok = skip_value();
        text = {begin, static_cast<std::size_t>(at_ - begin)};
        return ok;
    }

    /// Objects and arrays: `begin`, then for each part `more`, which takes the comma or the end.
    bool begin(char bracket, std::string_view expected);
    /// Whether another part comes. If not, `failed()` tells an error from the end.
    bool more(bool first, char bracket);
    /// Takes the end, if it is next.
    bool end(char bracket) {
        if (!take(bracket))
            return false;
        --depth_;
        return true;
    }
    /// The name of the next member, with its colon.
    bool member_name(JsonString& name);

    /// Remembers the name of an unknown member, to find two of one name at the end of their object.
    void note_name(const JsonString& name) { names_.push(name); }
    [[nodiscard]] std::size_t noted_names() const { return names_.size(); }
    /// Forgets the names from `from` on; false if two of them are equal.
    bool check_names(std::size_t from);

    /// How many bytes were taken.
    [[nodiscard]] std::size_t taken() const { return static_cast<std::size_t>(at_ - begin_); }
    /// Whether nothing but white space is left.
    [[nodiscard]] bool used_up() const { return at_ == end_; }
    bool at_end();

    /// Fails with what is next instead of what was expected.
    [[gnu::cold]] bool unexpected(std::string_view expected);
    using JsonFailure::in_member;
    [[gnu::cold, gnu::noinline]] bool in_member(const JsonString& name) {
        std::string buffer;
        return in_member(name.text(buffer));
    }
    /// Fails because of a value that was taken, but does not fit.
    [[gnu::cold]] bool out_of_range(std::string_view expected, std::string_view value) {
        return fail("expected " + std::string(expected) + ", got " + shortened(value));
    }
    [[gnu::cold]] bool unfit(std::string_view expected, const JsonString& value) {
        std::string buffer;
        return fail("expected " + std::string(expected) + ", got " +
                    in_quotes(value.text(buffer), 40));
    }
    /// Fails because a second member has the name of the one that was taken.
    [[gnu::cold, gnu::noinline]] bool twice() {
        return fail("duplicate member; expected each name once in an object");
    }
    [[gnu::cold, gnu::noinline]] bool twice(std::string_view name) {
        twice();
        return in_member(name);
    }
    [[gnu::cold, gnu::noinline]] bool twice(const JsonString& name) {
        std::string buffer;
        return twice(name.text(buffer));
    }

    static constexpr bool is_space(char c) {
        return c == ' ' || c == '\n' || c == '\r' || c == '\t';
    }

protected:
    /// Goes back to the start of a text that is not inside another.
    void restart() {
        forget_failure();
        at_ = begin_;
        depth_ = 0;
        names_.shrink(0);
    }

private:
    [[nodiscard]] const char* after_space(const char* at) const {
        while (at != end_ && static_cast<unsigned char>(*at) <= ' ' && is_space(*at))
            ++at;
        return at;
    }
    [[nodiscard]] std::string_view rest() const {
        return {at_, static_cast<std::size_t>(end_ - at_)};
    }
    bool take_word(std::string_view word) {
        if (static_cast<std::size_t>(end_ - at_) < word.size() ||
            !same_bytes(at_, word.data(), word.size()))
            return false;
        at_ += word.size();
        return true;
    }
    /// Takes digits; false if there is none.
    bool digits() {
        const char* const begin = at_;
        while (at_ != end_ && is_digit(*at_))
            ++at_;
        return at_ != begin;
    }
    [[nodiscard]] const char* peek_spaced_name(bool first) const;
    bool rest_of_string(const char* begin, JsonString& value);
    bool escape();
    std::uint32_t four_hex_digits();
    [[gnu::cold]] bool bad_string(const char* at, std::string_view what);
    /// The same, step by step, for unusual or wrong text.
    bool skip_with_care();
    bool skip_object();
    bool skip_array();
    [[nodiscard]] std::string found();
    static std::string shortened(std::string_view token) {
        constexpr std::size_t limit = 40;
        return token.size() <= limit ? std::string(token) : joined({token.substr(0, limit), "..."});
    }

    const char* at_;
    const char* begin_;
    const char* end_;
    int depth_;
    SmallStack<JsonString, 32> names_;
};

inline const char* JsonScanner::peek_spaced_name(bool first) const {
    const char* at = after_space(at_);
    if (!first) {
        if (at == end_ || *at != ',')
            return nullptr;
        at = after_space(at + 1);
    }
    return at == end_ || *at != '"' ? nullptr : at + 1;
}

inline bool JsonScanner::take_name(const char* at, std::string_view name) {
    if (static_cast<std::size_t>(end_ - at) < name.size() + 2 || at[name.size()] != '"' ||
        !same_bytes(at, name.data(), name.size()))
        return false;
    at += name.size() + 1;
    if (*at != ':') {
        at = after_space(at);
        if (at == end_ || *at != ':')
            return false;
    }
    at_ = at + 1;
    return true;
}

inline bool JsonScanner::boolean(bool& value) {
    const char c = next();
    if (c == 't' && take_word("true")) {
        value = true;
        return true;
    }
    if (c == 'f' && take_word("false")) {
        value = false;
        return true;
    }
    return unexpected("true or false");
}

inline bool JsonScanner::integer(std::uint64_t& magnitude, bool& negative) {
    const char* at = after_space(at_);
    negative = at != end_ && *at == '-';
    at += negative ? 1 : 0;
    const char* const first = at;
    std::uint64_t value = 0;
    const char* const safe = end_ - at < 19 ? end_ : at + 19; // so many digits always fit
    while (at != safe && is_digit(*at))
        value = value * 10 + static_cast<std::uint64_t>(*at++ - '0');
    if (at != end_ && is_digit(*at)) {
        const auto digit = static_cast<std::uint64_t>(*at++ - '0');
        if (value > (UINT64_MAX - digit) / 10)
            return false;
        value = value * 10 + digit;
    }
    const bool longer = at != end_ && (is_digit(*at) || *at == '.' || *at == 'e' || *at == 'E');
    if (at == first || longer || (*first == '0' && at - first > 1))
        return false;
    magnitude = value;
    at_ = at;
    return true;
}

inline bool JsonScanner::integer(std::uint64_t max, bool is_signed, std::uint64_t& bits,
                                 std::string_view expected) {
    bool negative = false;
    if (!integer(bits, negative))
        return unexpected(expected);
    if (bits > (!negative ? max : is_signed ? max + 1 : 0))
        return out_of_range(expected, joined({negative ? "-" : "", std::to_string(bits)}));
    if (negative)
        bits = ~bits + 1;
    return true;
}

inline bool JsonScanner::number(std::string_view& text, std::string_view expected) {
    next();
    const char* const begin = at_;
    const auto complete = [this] {
        if (at_ != end_ && *at_ == '-')
            ++at_;
        const char* const first = at_;
        if (!digits())
            return false;
        if (*first == '0')
            at_ = first + 1;
        if (at_ != end_ && *at_ == '.' && (++at_, !digits()))
            return false;
        if (at_ != end_ && (*at_ == 'e' || *at_ == 'E')) {
            ++at_;
            if (at_ != end_ && (*at_ == '+' || *at_ == '-'))
                ++at_;
            return digits();
        }
        return true;
    };
    if (!complete()) {
        at_ = begin;
        return unexpected(expected);
    }
    text = {begin, static_cast<std::size_t>(at_ - begin)};
    return true;
}

inline bool JsonScanner::string(JsonString& value, std::string_view expected) {
    if (next() != '"')
        return unexpected(expected);
    const char* const begin = at_ + 1;
    at_ = skip_plain(begin, end_);
    value.escaped = false;
    if (at_ == end_ || *at_ != '"')
        return rest_of_string(begin, value);
    value.raw = {begin, static_cast<std::size_t>(at_ - begin)};
    ++at_;
    return true;
}

inline bool JsonScanner::rest_of_string(const char* begin, JsonString& value) {
    while (at_ != end_ && *at_ != '"') {
        if (*at_ == '\\') {
            value.escaped = true;
            if (!escape())
                return false;
        } else if (static_cast<unsigned char>(*at_) < 0x20) {
            return bad_string(at_, "a control character");
        }
        while (at_ != end_ && static_cast<unsigned char>(*at_) >= 0x80) {
            const auto size = decode_utf8(rest()).size;
            if (size == 0)
                return bad_string(at_, "bytes that are not UTF-8");
            at_ += size;
        }
        at_ = skip_plain(at_, end_);
    }
    if (at_ == end_)
        return fail("expected a closing quote, got the end of the text");
    value.raw = {begin, static_cast<std::size_t>(at_ - begin)};
    ++at_;
    return true;
}

/// The value of the four digits at `at_`, which it takes; over 0xFFFF if there are no four digits.
inline std::uint32_t JsonScanner::four_hex_digits() {
    std::uint32_t value = 0;
    for (int i = 0; i < 4; ++i, ++at_) {
        if (at_ == end_ || !is_hex_digit(*at_))
            return 0x10000;
        value = value << 4U | static_cast<std::uint32_t>(hex_digit(*at_));
    }
    return value;
}

inline bool JsonScanner::escape() {
    const char* const begin = at_++;
    const char letter = at_ == end_ ? '\0' : *at_++;
    if (letter != 'u')
        return std::string_view("\"\\/bfnrt").find(letter) != std::string_view::npos ||
               bad_string(begin, "an unknown escape");
    const auto unit = four_hex_digits();
    if (unit > 0xFFFF)
        return bad_string(begin, "\\u without four hexadecimal digits");
    if (unit >= 0xD800 && unit <= 0xDBFF && take_word("\\u"))
        if (const auto low = four_hex_digits(); low >= 0xDC00 && low <= 0xDFFF)
            return true;
    return unit < 0xD800 || unit > 0xDFFF || bad_string(begin, "a lone surrogate");
}

inline bool JsonScanner::begin(char bracket, std::string_view expected) {
    if (!take(bracket))
        return unexpected(expected);
    return ++depth_ <= int{max_json_depth} || fail("nested deeper than 64 levels");
}

inline bool JsonScanner::more(bool first, char bracket) {
    if (end(bracket))
        return false;
    if (first || take(','))
        return true;
    unexpected(bracket == '}' ? "\",\" or \"}\"" : "\",\" or \"]\"");
    return false;
}

inline bool JsonScanner::member_name(JsonString& name) {
    if (!string(name, "a member name in quotes"))
        return false;
    return take(':') || unexpected("\":\" after a member name");
}

inline bool JsonScanner::check_names(std::size_t from) {
    const auto count = names_.size() - from;
    const JsonString* name = count < 2 ? nullptr : find_twice(names_.from(from), count);
    names_.shrink(from);
    if (name == nullptr)
        return true;
    std::string buffer;
    return twice(name->text(buffer));
}

inline bool JsonScanner::skip_with_care() {
    switch (next()) {
    case '{':
        return skip_object();
    case '[':
        return skip_array();
    case '"': {
        JsonString ignored;
        return string(ignored, "a string");
    }
    case 't':
        return take_word("true") || unexpected("a JSON value");
    case 'f':
        return take_word("false") || unexpected("a JSON value");
    case 'n':
        return take_word("null") || unexpected("a JSON value");
    default: {
        std::string_view ignored;
        return number(ignored, "a JSON value");
    }
    }
}

inline bool JsonScanner::skip_object() {
    const auto from = noted_names();
    if (!begin('{', "an object"))
        return false;
    for (bool first = true; more(first, '}'); first = false) {
        JsonString name;
        if (!member_name(name))
            return false;
        note_name(name);
        if (!skip_with_care())
            return in_member(name);
    }
    return !failed() && check_names(from);
}

inline bool JsonScanner::skip_array() {
    if (!begin('[', "an array"))
        return false;
    for (std::size_t i = 0; more(i == 0, ']'); ++i)
        if (!skip_with_care())
            return in_element(i);
    return !failed();
}

inline bool JsonScanner::at_end() {
    next();
    return at_ == end_ || unexpected("the end of the text");
}

inline bool JsonScanner::bad_string(const char* at, std::string_view what) {
    return fail("expected a string in UTF-8 with complete escapes, got " + std::string(what) +
                " at byte " + std::to_string(at - begin_));
}

inline bool JsonScanner::unexpected(std::string_view expected) {
    const char* const begin = at_;
    std::string text = found();
    at_ = begin;
    // a malformed token has failed already
    return !failed() && fail("expected " + std::string(expected) + ", got " + text);
}

/// The next token, for a message.
inline std::string JsonScanner::found() {
    constexpr std::size_t limit = 40;
    const char c = next();
    if (at_ == end_)
        return "the end of the text";
    if (c == '{')
        return "an object";
    if (c == '[')
        return "an array";
    if (c == '"') {
        JsonString value;
        std::string buffer;
        return string(value, {}) ? in_quotes(value.text(buffer), limit) : std::string();
    }
    if (at_ == begin_ && rest().starts_with("\xEF\xBB\xBF"))
        return "a byte order mark";
    const auto is_word = [](char part) {
        return is_digit(part) || is_lower(to_lower(part)) || part == '.' || part == '-' ||
               part == '+';
    };
    std::size_t size = 0;
    while (size < rest().size() && is_word(rest()[size]))
        ++size;
    if (size == 0)
        return in_quotes(rest().substr(0, 1));
    return shortened(rest().substr(0, size));
}

} // namespace eventsourcing::detail

#endif
