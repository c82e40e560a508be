// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CODEC_JSON_WRITER_HPP
#define EVENTSOURCING_CODEC_JSON_WRITER_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/codec/json_chars.hpp>
#include <eventsourcing/codec/json_failure.hpp>
#include <eventsourcing/core/utf8.hpp>

#include <charconv>
#include <cstddef>
#include <cstring>
#include <limits>
#include <string>
#include <string_view>

namespace eventsourcing::detail {

/// Appends JSON tokens to a string. The caller is responsible for their order.
///
/// Tokens are collected on the stack, so that a short text costs one append of its exact size.
/// Functions that return bool return false after a failure.
class JsonWriter : public JsonFailure {
public:
    explicit JsonWriter(std::string& out) : out_(out), size_before_(out.size()) {}
    JsonWriter(const JsonWriter&) = delete;
    JsonWriter& operator=(const JsonWriter&) = delete;

    void raw(char c) {
        room(1);
        *at_++ = c;
    }
    void raw(std::string_view text) {
        if (text.size() > capacity) {
            flush();
            out_.append(text);
            return;
        }
        room(text.size());
        at_ += text.copy(at_, text.size());
    }
    /// `separator "name":` for a name without special bytes.
    void plain_name(char separator, std::string_view name) {
        if (name.size() + 4 > capacity) {
            raw(separator);
            raw('"');
            raw(name);
            raw("\":");
            return;
        }
        room(name.size() + 4);
        at_[0] = separator;
        at_[1] = '"';
        at_ += 2 + name.copy(at_ + 2, name.size());
        at_[0] = '"';
        at_[1] = ':';
        at_ += 2;
    }

    /// A string in quotes; its text must be UTF-8.
    bool string(std::string_view text) {
        const char* const end = text.data() + text.size();
        if (skip_plain(text.data(), end) != end)
            return special_string(text);
        if (text.size() + 2 > capacity) {
            raw('"');
            raw(text);
            raw('"');
            return true;
        }
        room(text.size() + 2);
        *at_++ = '"';
        at_ += text.copy(at_, text.size());
        *at_++ = '"';
        return true;
    }

    template <class Integer>
    void integer(Integer value) {
        room(24);
        at_ = std::to_chars(at_, buffer_ + capacity, value).ptr;
    }

    /// The shortest text that reads back as the same number; always with a fraction or an exponent,
    /// so that readers in other languages see a floating-point number.
    template <class Float>
    bool floating(Float value) {
        const Float size = value < 0 ? -value : value;
        if (!(size <= std::numeric_limits<Float>::max()))
            return not_finite(value);
        room(64);
        const bool everyday = size == 0 || (size >= Float(1e-5) && size < Float(1e16));
        const char* const begin = at_;
        at_ = std::to_chars(at_, buffer_ + capacity, value,
                            everyday ? std::chars_format::fixed : std::chars_format::scientific)
                  .ptr;
        if (everyday && std::memchr(begin, '.', static_cast<std::size_t>(at_ - begin)) == nullptr) {
            *at_++ = '.';
            *at_++ = '0';
        }
        return true;
    }

    /// Goes down one level of objects and arrays; `leave` goes up again.
    bool enter() {
        if (++depth_ > max_json_depth)
            return fail("nested deeper than 64 levels, which no reader accepts");
        return true;
    }
    void leave() { --depth_; }

    /// Appends the text to the string, which stays as it was without this call.
    void finish() {
        flush();
        size_before_ = out_.size();
    }
    ~JsonWriter() {
        if (out_.size() != size_before_)
            out_.resize(size_before_);
    }

private:
    static constexpr std::size_t capacity = 512;

    void room(std::size_t count) {
        if (static_cast<std::size_t>(buffer_ + capacity - at_) < count) [[unlikely]]
            flush();
    }
    [[gnu::noinline]] void flush() {
        out_.append(buffer_, static_cast<std::size_t>(at_ - buffer_));
        at_ = buffer_;
    }

    bool special_string(std::string_view text);
    [[gnu::cold]] bool not_finite(double value) {
        return fail(std::string("expected a finite number, got ") +
                    (value != value ? "NaN"
                     : value < 0    ? "-infinity"
                                    : "infinity") +
                    ", which JSON can't represent; use an optional for what may have no value");
    }

    std::string& out_;
    std::size_t size_before_;
    unsigned depth_ = 0;
    char* at_ = buffer_;
    char buffer_[capacity];
};

inline bool JsonWriter::special_string(std::string_view text) {
    const char* at = text.data();
    const char* const end = at + text.size();
    raw('"');
    while (at != end) {
        const char* const begin = at;
        at = skip_plain(at, end);
        while (at != end && static_cast<unsigned char>(*at) >= 0x80) {
            const auto size = decode_utf8({at, static_cast<std::size_t>(end - at)}).size;
            if (size == 0)
                return fail("expected UTF-8, got " + in_quotes(text, 40) +
                            " with an invalid byte at offset " + std::to_string(at - text.data()));
            at += size;
        }
        raw({begin, static_cast<std::size_t>(at - begin)});
        if (at == end || !is_special(*at))
            continue;
        constexpr std::string_view escaped = "\"\\\b\f\n\r\t";
        constexpr std::string_view letters = "\"\\bfnrt";
        constexpr std::string_view digits = "0123456789abcdef";
        const char c = *at++;
        raw('\\');
        if (const auto known = escaped.find(c); known != escaped.npos) {
            raw(letters[known]);
        } else {
            raw("u00");
            raw(digits[static_cast<unsigned char>(c) >> 4U]);
            raw(digits[static_cast<unsigned char>(c) & 0xFU]);
        }
    }
    raw('"');
    return true;
}

} // namespace eventsourcing::detail

#endif
