// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_PERSONAL_PERSONAL_HPP
#define EVENTSOURCING_PERSONAL_PERSONAL_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/base64.hpp>
#include <eventsourcing/core/explain.hpp>
#include <eventsourcing/core/in_quotes.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/core/result.hpp>

#include <iosfwd>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace eventsourcing {

template <class T>
class Personal;

namespace detail::personal {

struct Access;

template <class T>
inline constexpr bool is_personal = false;
template <class T>
inline constexpr bool is_personal<Personal<T>> = true;

/// Stops with the cure if no value of `T` can be sealed, whatever its members are.
template <class T>
consteval bool check_value_type() {
    constexpr bool once = !is_personal<T>;
    EVENTSOURCING_EXPLAIN(once,
                          "a Personal inside of a Personal would be sealed twice; seal the plain "
                          "value, or keep the Personal that you have",
                          T);
    constexpr bool value = std::is_object_v<T> && !std::is_const_v<T> && !std::is_volatile_v<T> &&
                           !std::is_pointer_v<T> && !std::is_array_v<T>;
    EVENTSOURCING_EXPLAIN(value,
                          "a Personal holds a value: write Personal<std::string> for text, and no "
                          "pointer, reference, array or const type",
                          T);
    return once && value;
}

/// Sealed bytes, which are Base64 in JSON; see sealed_bytes.hpp.
///
/// Text that is no Base64 is kept as it is, after a zero byte: an event with a damaged value is
/// read and written as any other, and only opening that value fails.
struct SealedText {
    std::string bytes;

    [[nodiscard]] static Result<SealedText> parse(std::string_view text) {
        SealedText out;
        if (!decode_base64(text, out.bytes) || out.bytes.starts_with('\0')) {
            out.bytes.assign(1, '\0');
            out.bytes += text;
        }
        return out;
    }
    [[nodiscard]] std::string to_string() const {
        if (bytes.starts_with('\0'))
            return bytes.substr(1);
        std::string text;
        encode_base64(bytes, text);
        return text;
    }

    bool operator==(const SealedText&) const = default;
};

/// What names the data in a message, and stands for it in a log.
inline std::string data_of(std::string_view subject) {
    const std::string quoted = in_quotes(subject, 256);
    const bool plain = !subject.empty() && quoted.size() == subject.size() + 2;
    return joined({"personal data of ", plain ? subject : std::string_view(quoted)});
}

} // namespace detail::personal

/// A value that belongs to a person (its *subject*), sealed with that person's key: what commands,
/// events, states and snapshots may hold. `Keys::seal` makes one, `Keys::open` reads it; nothing
/// else sees the value.
///
/// Copies and equality are those of the sealed bytes, so a value that is sealed twice gives two
/// that differ. It is stored as `{"subject":"person:42","sealed":"..."}`, and reading it back
/// checks nothing: a damaged value is an error of `open`, and of nothing before.
template <class T>
class Personal {
    static_assert(detail::personal::check_value_type<T>());

public:
    /// Holds no value yet.
    Personal() = default;

    /// Whose value it is: not secret.
    [[nodiscard]] const std::string& subject() const { return subject_; }
    /// Whether nothing was ever sealed into it.
    [[nodiscard]] bool empty() const { return subject_.empty() && sealed_.bytes.empty(); }

    /// `(personal data of person:42)`, for logs.
    [[nodiscard]] std::string to_string() const {
        return empty() ? "(no personal data)"
                       : detail::joined({"(", detail::personal::data_of(subject_), ")"});
    }

    friend bool operator==(const Personal&, const Personal&) = default;

    // A template, so that this header needs no <ostream>: a caller that prints includes it.
    template <class Traits>
    friend std::basic_ostream<char, Traits>& operator<<(std::basic_ostream<char, Traits>& out,
                                                        const Personal& value) {
        return out << value.to_string();
    }

    static void members(auto& self, auto&& member) {
        member("subject", self.subject_);
        member("sealed", self.sealed_);
    }
    /// Of the JSON above, for the fingerprints of states and events.
    static constexpr int layout = 1;

private:
    friend struct detail::personal::Access;

    std::string subject_;
    detail::personal::SealedText sealed_;
};

namespace detail::personal {

/// The way of the keys into a `Personal`.
struct Access {
    template <class T>
    [[nodiscard]] static Personal<T> make(std::string_view subject, std::string sealed) {
        Personal<T> out;
        out.subject_ = subject;
        out.sealed_.bytes = std::move(sealed);
        return out;
    }
    template <class T>
    [[nodiscard]] static const std::string& sealed(const Personal<T>& value) {
        return value.sealed_.bytes;
    }
};

} // namespace detail::personal

} // namespace eventsourcing

#endif
