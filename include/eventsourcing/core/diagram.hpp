// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CORE_DIAGRAM_HPP
#define EVENTSOURCING_CORE_DIAGRAM_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/aggregate.hpp>
#include <eventsourcing/core/alternatives.hpp>
#include <eventsourcing/core/event_traits.hpp>
#include <eventsourcing/core/explain_aggregate.hpp>
#include <eventsourcing/core/type_name.hpp>
#include <eventsourcing/core/upcast.hpp>

#include <concepts>
#include <cstddef>
#include <string>
#include <string_view>
#include <type_traits>

namespace eventsourcing {

namespace detail {

/// A text inside the quotes of Mermaid, which have entities but no escapes.
inline std::string mermaid_text(std::string_view text) {
    std::string out;
    for (const char c : text)
        out += c == '"' ? "#quot;" : c == '<' ? "#lt;" : c == '>' ? "#gt;" : std::string(1, c);
    return out;
}

/// Whether a decision of type `R` may hold the event `E` of `V`.
template <class V, class R, class E>
inline constexpr bool may_decide = [] {
    if constexpr (std::same_as<R, Nothing>)
        return false;
    else if constexpr (std::same_as<R, Events<V>>)
        return true; // any of them
    else
        return []<class... Types>(TypeList<Types...> /*decided*/) {
            return ((std::same_as<Types, E> || std::same_as<Types, V>) || ...);
        }(typename DecidedTypes<R>::List{});
}();

/// What `handle_command` returns, without an expected-like around it.
template <class R>
struct WithoutResult {
    using Type = R;
};
template <ExpectedLike R>
struct WithoutResult<R> {
    using Type = typename R::value_type;
};

class Diagram {
public:
    explicit Diagram(std::string_view name) {
        out_ += "flowchart LR\n  subgraph aggregate[\"" + mermaid_text(name) + "\"]\n";
    }
    void command(std::size_t i, std::string_view name) {
        out_ += "    c" + std::to_string(i) + "[/\"" + mermaid_text(name) + "\"/]\n";
    }
    void event(std::size_t i, std::string_view name) {
        out_ += "    e" + std::to_string(i) + "([\"" + mermaid_text(name) + "\"])\n";
    }
    void end_of_aggregate() { out_ += "  end\n"; }
    void older(std::size_t i, std::string_view name) {
        out_ += "  e" + std::to_string(i) + "([\"" + mermaid_text(name) + "\"])\n";
    }
    void causes(std::size_t command, std::size_t event, bool certain) {
        out_ += "  c" + std::to_string(command) + (certain ? " --> e" : " -.-> e") +
                std::to_string(event) + "\n";
    }
    void becomes(std::size_t before, std::size_t after) {
        out_ += "  e" + std::to_string(before) + " -- upcast --> e" + std::to_string(after) + "\n";
    }
    [[nodiscard]] std::string take() && { return std::move(out_); }

private:
    std::string out_;
};

/// One command, and the events that it may cause.
template <class A, class C>
class CausedBy {
public:
    CausedBy(Diagram& out, std::size_t command) : out_(out), command_(command) {}

    template <class... Es>
    void operator()(TypeList<Es...> /*events*/) {
        std::size_t event = 0;
        const bool certain = (std::same_as<Plain, Es> || ...);
        ((may_decide<typename A::Event, Plain, Es> ? out_.causes(command_, event++, certain)
                                                   : static_cast<void>(++event)),
         ...);
    }

private:
    using Plain = typename WithoutResult<HandlerAnswer<A, HandledAs<A, C>>>::Type;
    Diagram& out_;
    std::size_t command_;
};

template <class E>
std::string name_with_version() {
    return std::string(EventTraits<E>::event_type) + " " +
           std::string(EventTraits<E>::event_type_version);
}

/// The older forms of events, with their numbers, and what each becomes.
template <class V>
void add_older_forms(Diagram& out) {
    std::size_t i = Alternatives<V>::size;
    std::size_t event = 0;
    const auto add_history = [&]<class E, class... Olds>(TypeList<E, Olds...> /*history*/) {
        [[maybe_unused]] std::size_t after = event++;
        ((out.older(i, name_with_version<Olds>()), out.becomes(i, after), after = i++), ...);
    };
    [&]<class... Es>(TypeList<Es...> /*events*/) {
        (add_history(typename History<Es>::List{}), ...);
    }(Alternatives<V>{});
}

} // namespace detail

/// A Mermaid flowchart of an aggregate, made of its types: its commands, its events, and which
/// command may cause which event, as far as the return types of `handle_command` tell. An arrow is
/// drawn through if the answer is that one event (or a refusal), and dotted if it is one of
/// several: `Events<Event>` may be any. Older forms of events stand beside it, with their upcasts.
///
///     ```mermaid
///     flowchart LR
///       subgraph aggregate["Combat"]
///         c0[/"Attack"/]
///         e0(["combat.entity_attacked 1.0"])
///       end
///       c0 --> e0
///     ```
template <Aggregate A>
[[nodiscard]] std::string diagram() {
    using namespace detail;
    using Event = typename A::Event;
    constexpr std::string_view name = type_name<A>();
    Diagram out(name.substr(0, name.find('<')));
    [&out]<class... Cs>(TypeList<Cs...> /*commands*/) {
        std::size_t i = 0;
        (out.command(i++, type_name<Cs>()), ...);
    }(Alternatives<typename A::Command>{});
    [&out]<class... Es>(TypeList<Es...> /*events*/) {
        std::size_t i = 0;
        (out.event(i++, name_with_version<Es>()), ...);
    }(Alternatives<Event>{});
    out.end_of_aggregate();
    add_older_forms<Event>(out);
    [&out]<class... Cs>(TypeList<Cs...> /*commands*/) {
        std::size_t i = 0;
        (CausedBy<A, Cs>(out, i++)(Alternatives<Event>{}), ...);
    }(Alternatives<typename A::Command>{});
    return std::move(out).take();
}

} // namespace eventsourcing

#endif
