// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_DECISION_STREAM_HPP
#define EVENTSOURCING_RUNTIME_DECISION_STREAM_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/application_error.hpp>
#include <eventsourcing/core/category.hpp>
#include <eventsourcing/core/explain.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/stream_name.hpp>
#include <eventsourcing/core/type_name.hpp>

#include <concepts>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

// The stream to which the events of a decision go. No decision depends on it: events are found by
// their tags.

namespace eventsourcing::detail {

/// The decision names the stream itself: `static es::StreamName stream(const C&)`, or a `Result` of
/// one, as `StreamName::of` returns it.
template <class D, class C>
concept NamesStream = requires(const C& command) { D::stream(command); };

template <class R>
concept StreamAnswer = std::convertible_to<R, StreamName> || std::same_as<R, Result<StreamName>>;

template <class D, class C>
consteval bool explain_stream_answer() {
    using Answer = std::remove_cvref_t<decltype(D::stream(std::declval<const C&>()))>;
    EVENTSOURCING_EXPLAIN(StreamAnswer<Answer>,
                          "stream(command) of a decision returns an es::StreamName, or an "
                          "es::Result<es::StreamName> as es::StreamName::of does",
                          D, C, Answer);
    return StreamAnswer<Answer>;
}

/// Finds the name even where it is no static function, or a private one: it must not be ignored.
struct StreamNameProbe {
    int stream;
};
template <class D>
struct StreamProbe : D, StreamNameProbe {};
template <class D>
consteval bool declares_stream() {
    if constexpr (std::is_final_v<D>)
        return requires { &D::stream; };
    else
        return !requires { &StreamProbe<D>::stream; };
}
template <class D, class C>
consteval bool explain_stream_of() {
    constexpr bool used = !declares_stream<D>() || NamesStream<D, C>;
    EVENTSOURCING_EXPLAIN(used,
                          "this decision has a stream() that does not take this command; add, "
                          "public: static es::StreamName stream(const <the command named here>&)",
                          D, C);
    return used;
}

/// The stream that the decision names, or `<decision>-<first tag>`. A tag that is no part of a
/// stream name is an error: another name would be a silent choice that nobody can take back.
template <class D, class C>
Result<StreamName> stream_of(const C& command, [[maybe_unused]] std::string_view first_tag) {
    static_assert(explain_stream_of<D, C>());
    if constexpr (NamesStream<D, C>) {
        static_assert(explain_stream_answer<D, C>());
        auto named =
            guarded("stream()", [&]() -> Result<StreamName> { return D::stream(command); });
        if (!named)
            return std::move(named).error().within(type_name<D>());
        return named;
    } else {
        auto name = StreamName::of(category_of<D>(), first_tag);
        if (name)
            return name;
        const std::string why = name.error().message();
        return std::move(name).error().with_message(
            why +
            "; it is made of the name of the decision and the first tag of its boundary: "
            "give " +
            std::string(type_name<D>()) +
            " a function static es::StreamName stream(const Command&) that names the stream");
    }
}

} // namespace eventsourcing::detail

#endif
