// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CODEC_JSON_STRING_HPP
#define EVENTSOURCING_CODEC_JSON_STRING_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/type_name.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace eventsourcing::detail {

/// A string in a JSON text, checked, still with its escapes: a view, so that keys and strings
/// without escapes are never copied.
struct JsonString {
    /// The text between the quotes: valid UTF-8 and complete escapes.
    std::string_view raw;
    bool escaped;

    /// The string without its escapes; `buffer` holds it if there are any.
    std::string_view text(std::string& buffer) const {
        if (!escaped)
            return raw;
        copy_to(buffer);
        return buffer;
    }

    template <class String>
    void copy_to(String& out) const {
        if (!escaped) {
            out.assign(raw.data(), raw.size());
            return;
        }
        out.resize(raw.size()); // an escape is longer than its character
        char* to = out.data();
        for (Cursor cursor{raw}; !cursor.at_end();)
            *to++ = cursor.next();
        out.resize(static_cast<std::size_t>(to - out.data()));
    }

    /// Negative, 0 or positive, as for the bytes of the strings without their escapes.
    [[nodiscard]] int compare(const JsonString& other) const {
        if (!escaped && !other.escaped)
            return raw.compare(other.raw);
        Cursor a{raw, escaped};
        Cursor b{other.raw, other.escaped};
        while (!a.at_end() && !b.at_end())
            if (const int order =
                    static_cast<unsigned char>(a.next()) - static_cast<unsigned char>(b.next());
                order != 0)
                return order;
        return static_cast<int>(b.at_end()) - static_cast<int>(a.at_end());
    }
    [[nodiscard]] bool equals(std::string_view text) const {
        return escaped ? compare({text, false}) == 0 : raw == text;
    }

private:
    /// Walks over the bytes of the string without its escapes.
    class Cursor {
    public:
        explicit Cursor(std::string_view raw, bool escaped = true)
            : at_(raw.data()),
              end_(at_ + raw.size()),
              escaped_(escaped) {}

        [[nodiscard]] bool at_end() const { return at_ == end_ && pending_ == 0; }
        char next() {
            if (pending_ != 0) // the rest of the UTF-8 form of an escaped code point
                return static_cast<char>(0x80U | (code_ >> (6 * --pending_) & 0x3FU));
            const char c = *at_++;
            if (!escaped_ || c != '\\')
                return c;
            switch (const char letter = *at_++) {
            case 'b':
                return '\b';
            case 'f':
                return '\f';
            case 'n':
                return '\n';
            case 'r':
                return '\r';
            case 't':
                return '\t';
            case 'u':
                return code_point();
            default:
                return letter; // the quote, the backslash and the slash
            }
        }

    private:
        std::uint32_t unit() {
            std::uint32_t value = 0;
            for (int i = 0; i < 4; ++i)
                value = value << 4U | static_cast<std::uint32_t>(hex_digit(*at_++));
            return value;
        }
        char code_point() {
            code_ = unit();
            if (code_ >= 0xD800 && code_ <= 0xDBFF) {
                at_ += 2; // "\u" of the low surrogate
                code_ = 0x10000 + ((code_ - 0xD800) << 10U) + (unit() - 0xDC00);
            }
            pending_ = code_ < 0x80 ? 0 : code_ < 0x800 ? 1 : code_ < 0x10000 ? 2 : 3;
            constexpr std::uint32_t leads[] = {0, 0xC0, 0xE0, 0xF0};
            return static_cast<char>(leads[pending_] | code_ >> (6 * pending_));
        }

        const char* at_;
        const char* end_;
        std::uint32_t code_ = 0;
        unsigned pending_ = 0;
        bool escaped_;
    };
};

/// A name that occurs twice among these, or null. Reorders them; always at most n log n steps.
inline const JsonString* find_twice(JsonString* names, std::size_t count) {
    const auto less = [&](std::size_t a, std::size_t b) { return names[a].compare(names[b]) < 0; };
    const auto sink = [&](std::size_t root, std::size_t size) {
        for (std::size_t child = 0; (child = 2 * root + 1) < size; root = child) {
            if (child + 1 < size && less(child, child + 1))
                ++child;
            if (!less(root, child))
                return;
            std::swap(names[root], names[child]);
        }
    };
    // a heap sort: <algorithm> costs more to compile than all of this folder
    for (std::size_t root = count / 2; root-- > 0;)
        sink(root, count);
    for (std::size_t size = count; size-- > 1;) {
        std::swap(names[0], names[size]);
        sink(0, size);
    }
    for (std::size_t i = 1; i < count; ++i)
        if (names[i - 1].compare(names[i]) == 0)
            return &names[i];
    return nullptr;
}

} // namespace eventsourcing::detail

#endif
