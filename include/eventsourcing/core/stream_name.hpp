// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CORE_STREAM_NAME_HPP
#define EVENTSOURCING_CORE_STREAM_NAME_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/in_quotes.hpp>
#include <eventsourcing/core/lifetimebound.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/unmet.hpp>
#include <eventsourcing/core/utf8.hpp>

#include <compare>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace eventsourcing {

namespace detail {

enum class StreamNameFault : std::uint8_t { none, shape, size, dollar, space, alphabet };

inline constexpr std::size_t max_stream_name_size = 255;

/// Whether a stream name may contain this code point, whatever its place.
constexpr bool in_stream_name(char32_t c) {
    switch (c) {
    case '/':
    case '\\':
    case '?':
    case '#':
    case '%':
        return false;
    default:
        break;
    }
    return !is_control(c) && !is_noncharacter(c);
}

/// The place of the first byte that is not in the alphabet of stream names; `npos` if there is
/// none.
constexpr std::size_t first_outside_stream_name(std::string_view text) {
    for (std::size_t i = 0; i < text.size();) {
        const auto [value, size] = decode_utf8(text.substr(i));
        if (size == 0 || !in_stream_name(value))
            return i;
        i += size;
    }
    return std::string_view::npos;
}

constexpr StreamNameFault stream_name_fault(std::string_view text) {
    const auto dash = text.find('-');
    if (dash == text.npos || dash == 0 || dash + 1 == text.size())
        return StreamNameFault::shape;
    if (text.size() > max_stream_name_size)
        return StreamNameFault::size;
    if (text.front() == '$')
        return StreamNameFault::dollar;
    if (text.front() == ' ' || text.back() == ' ')
        return StreamNameFault::space;
    return first_outside_stream_name(text) == text.npos ? StreamNameFault::none
                                                        : StreamNameFault::alphabet;
}

// Not constexpr: a wrong literal gets to one of these at compile time, and its name is the message
// of g++. Clang quotes the sentences of StreamNameView's constructor, and needs the definitions: in
// a template, Clang 14 to 19 also run the constructor's checks of a literal that they have checked.
inline void a_stream_name_is_category_dash_id_neither_of_them_empty() {}
inline void a_stream_name_has_at_most_255_bytes() {}
inline void a_stream_name_does_not_start_with_a_dollar_sign() {}
inline void a_stream_name_does_not_start_or_end_with_a_space() {}
inline void a_stream_name_is_UTF8_without_slash_backslash_question_mark_hash_percent_or_controls() {
}

constexpr void check_stream_name_literal(std::string_view text) {
    switch (stream_name_fault(text)) {
    case StreamNameFault::none:
        break;
    case StreamNameFault::shape:
        a_stream_name_is_category_dash_id_neither_of_them_empty();
        break;
    case StreamNameFault::size:
        a_stream_name_has_at_most_255_bytes();
        break;
    case StreamNameFault::dollar:
        a_stream_name_does_not_start_with_a_dollar_sign();
        break;
    case StreamNameFault::space:
        a_stream_name_does_not_start_or_end_with_a_space();
        break;
    case StreamNameFault::alphabet:
        a_stream_name_is_UTF8_without_slash_backslash_question_mark_hash_percent_or_controls();
        break;
    }
}

inline std::string stream_name_reason(std::string_view text) {
    switch (stream_name_fault(text)) {
    case StreamNameFault::none:
    case StreamNameFault::shape:
        return "expected category-id, neither of them empty";
    case StreamNameFault::size:
        return "expected at most 255 bytes, got " + std::to_string(text.size());
    case StreamNameFault::dollar:
        return "it must not start with $, which engines reserve";
    case StreamNameFault::space:
        return "it must not start or end with a space";
    case StreamNameFault::alphabet:
        break;
    }
    const auto at = first_outside_stream_name(text);
    const auto size = decode_utf8(text.substr(at)).size;
    return in_quotes(text.substr(at, size == 0 ? 1 : size)) + " at byte " + std::to_string(at + 1) +
           (size == 0 ? " is not UTF-8"
                      : " is not allowed: none of / \\ ? # %, no control characters, no Unicode "
                        "noncharacters");
}

} // namespace detail

class StreamName;

/// A view of a checked stream name, the parameter type of functions. Cheap to copy.
///
/// Made of a string literal, which is checked at compile time, or of a `StreamName`; text known at
/// run time goes through `StreamName::parse`. Valid as long as its source.
class StreamNameView {
public:
#if defined(__clang__)
#    pragma clang diagnostic push
#    pragma clang diagnostic ignored "-Wgcc-compat"
#    define EVENTSOURCING_REFUSE(fault, sentence)                                                  \
        __attribute__((diagnose_if(detail::stream_name_fault(std::string_view(text, N - 1)) ==     \
                                       detail::StreamNameFault::fault,                             \
                                   sentence, "error")))
#else
#    define EVENTSOURCING_REFUSE(fault, sentence)
#endif
    template <std::size_t N>
    consteval StreamNameView(const char (&text)[N])
        EVENTSOURCING_REFUSE(shape, "a stream name is category-id, neither of them empty")
            EVENTSOURCING_REFUSE(size, "a stream name has at most 255 bytes")
                EVENTSOURCING_REFUSE(dollar, "a stream name does not start with $")
                    EVENTSOURCING_REFUSE(space, "a stream name does not start or end with a space")
                        EVENTSOURCING_REFUSE(
                            alphabet, "a stream name is UTF-8 without / \\ ? # % or controls")
        : text_(text, N - 1) {
        detail::check_stream_name_literal(text_);
    }
#undef EVENTSOURCING_REFUSE
#if defined(__clang__)
#    pragma clang diagnostic pop
#endif
    StreamNameView(const StreamName& name EVENTSOURCING_LIFETIMEBOUND);

    // Refused, with the cure: g++ quotes it in the arguments of a deleted function; clang does not,
    // but quotes why a function is unavailable.
#if defined(__clang__)
    template <class Text>
        requires std::convertible_to<const Text&, std::string_view>
    StreamNameView(const Text& text) __attribute__((
        unavailable("es: text known at run time becomes a stream name by "
                    "es::StreamName::of(category, id) or es::StreamName::parse(text)")));
#else
    template <class Text,
              detail::Text cure = "es: text known at run time becomes a stream name by "
                                  "es::StreamName::of(category, id) or es::StreamName::parse(text)">
        requires std::convertible_to<const Text&, std::string_view>
    StreamNameView(const Text& text) = delete;
#endif

    /// A view of `text`, which must outlive it, if it is a stream name; see `StreamName::parse`.
    [[nodiscard]] static constexpr Result<StreamNameView>
    parse(std::string_view text EVENTSOURCING_LIFETIMEBOUND) {
        if (detail::stream_name_fault(text) == detail::StreamNameFault::none)
            return StreamNameView{Checked{}, text};
        if (std::is_constant_evaluated())
            return errc::invalid;
        return Error{errc::invalid, "stream name " + detail::in_quotes(text) + ": " +
                                        detail::stream_name_reason(text)};
    }

    [[nodiscard]] constexpr std::string_view view() const { return text_; }
    [[nodiscard]] std::string str() const { return std::string(text_); }
    /// The part before the first dash: the kind of thing whose events these are.
    [[nodiscard]] constexpr std::string_view category() const {
        return text_.substr(0, text_.find('-'));
    }
    /// The part after the first dash, which may contain further dashes.
    [[nodiscard]] constexpr std::string_view id() const {
        return text_.substr(text_.find('-') + 1);
    }

    friend constexpr bool operator==(StreamNameView a, StreamNameView b) {
        return a.text_ == b.text_;
    }
    /// With any text, even one that is no stream name.
    template <std::convertible_to<std::string_view> Text>
    friend constexpr bool operator==(const StreamNameView& a, const Text& b) {
        return a.text_ == std::string_view(b);
    }
    friend constexpr std::strong_ordering operator<=>(StreamNameView a, StreamNameView b) {
        return a.text_ <=> b.text_;
    }

private:
    struct Checked {};
    constexpr StreamNameView(Checked /*tag*/, std::string_view text) : text_(text) {}

    std::string_view text_;
};

/// The name of a stream, `category-id`, in the one alphabet that all engines can store: at most 255
/// bytes of UTF-8 with none of `/ \ ? # %`, no control characters or Unicode noncharacters, no
/// leading `$`, no space at either end. The first dash separates, so a category contains none.
class StreamName {
public:
    StreamName(StreamNameView name) : text_(name.view()) {}

    /// `errc::invalid` says what is wrong and where.
    [[nodiscard]] static Result<StreamName> parse(std::string_view text) {
        auto name = StreamNameView::parse(text);
        if (!name)
            return std::move(name).error();
        return StreamName{*name};
    }
    /// The stream of one thing of a category: `of("combat", "ogre")` is `combat-ogre`.
    [[nodiscard]] static Result<StreamName> of(std::string_view category, std::string_view id) {
        if (category.find('-') != category.npos)
            return Error{errc::invalid, "stream category " + detail::in_quotes(category) +
                                            ": it must not hold a dash, which separates it from "
                                            "the id"};
        std::string text;
        text.reserve(category.size() + 1 + id.size());
        return parse(text.append(category).append(1, '-').append(id));
    }

    [[nodiscard]] std::string_view view() const noexcept EVENTSOURCING_LIFETIMEBOUND {
        return text_;
    }
    [[nodiscard]] const std::string& str() const noexcept EVENTSOURCING_LIFETIMEBOUND {
        return text_;
    }
    [[nodiscard]] std::string_view category() const EVENTSOURCING_LIFETIMEBOUND {
        return StreamNameView{*this}.category();
    }
    [[nodiscard]] std::string_view id() const EVENTSOURCING_LIFETIMEBOUND {
        return StreamNameView{*this}.id();
    }

    friend bool operator==(const StreamName&, const StreamName&) = default;
    friend auto operator<=>(const StreamName&, const StreamName&) = default;
    friend bool operator==(const StreamName& a, StreamNameView b) { return a.view() == b.view(); }
    /// With any text, even one that is no stream name.
    template <std::convertible_to<std::string_view> Text>
    friend bool operator==(const StreamName& a, const Text& b) {
        return a.view() == std::string_view(b);
    }
    friend std::strong_ordering operator<=>(const StreamName& a, StreamNameView b) {
        return a.view() <=> b.view();
    }

private:
    std::string text_;
};

inline StreamNameView::StreamNameView(const StreamName& name EVENTSOURCING_LIFETIMEBOUND)
    : text_(name.view()) {}

} // namespace eventsourcing

template <>
struct std::hash<eventsourcing::StreamNameView> {
    std::size_t operator()(eventsourcing::StreamNameView name) const noexcept {
        return std::hash<std::string_view>{}(name.view());
    }
};
template <>
struct std::hash<eventsourcing::StreamName> : std::hash<eventsourcing::StreamNameView> {};

#endif
