// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_OBSERVER_HPP
#define EVENTSOURCING_RUNTIME_OBSERVER_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/alternatives.hpp>
#include <eventsourcing/core/exceptions.hpp>
#include <eventsourcing/core/explain.hpp>
#include <eventsourcing/runtime/told.hpp>

#include <concepts>
#include <memory>
#include <type_traits>
#include <utility>

namespace eventsourcing {

namespace detail {

template <class O, class Told>
concept HearsOf = requires(O& observer, const Told& told) { observer.on(told); };

template <class O, class List>
inline constexpr bool hears_any = false;
template <class O, class... Told>
inline constexpr bool hears_any<O, TypeList<Told...>> = (HearsOf<O, Told> || ...);

/// Says in the compiler's first error line that a struct would be told nothing. Always true, so
/// that it adds no error of its own.
template <class O>
consteval bool explain_observer() {
    constexpr bool hears = hears_any<O, AllTold>;
    EVENTSOURCING_EXPLAIN(hears,
                          "this observer has no `void on(const es::X&)` for anything that is told: "
                          "es::Appended, es::ConflictRetried, es::StateLoaded, ... "
                          "(runtime/told.hpp has them all)",
                          O);
    return true;
}

template <class List>
struct Ears;
template <class Told>
struct Ear {
    /// Null if the observer has no function for it; then it is not even made.
    void (*hear)(Ears<AllTold>& ears, const Told& told) = nullptr;
};
/// The functions of an observer, type-erased.
template <class... Told>
struct Ears<TypeList<Told...>> : Ear<Told>... {};

/// An observer with its functions.
template <class O>
struct Hearing : Ears<AllTold> {
    explicit Hearing(O&& its_observer) : observer(std::move(its_observer)) { listen(AllTold{}); }

    template <class... Told>
    void listen(TypeList<Told...> /*all*/) {
        (listen_to<Told>(), ...);
    }
    template <class Told>
    void listen_to() {
        if constexpr (HearsOf<O, Told>)
            Ear<Told>::hear = [](Ears<AllTold>& ears, const Told& told) {
                static_cast<Hearing&>(ears).observer.on(told);
            };
    }

    O observer;
};

} // namespace detail

/// Tells a struct of the application what happens: retries, skipped events, snapshots that are not
/// used, and what is stored. Made of any struct that has `void on(const es::X&)` for some of what
/// `runtime/told.hpp` lists, by default of none.
///
/// A handle: copies share the struct. Whatever uses it calls it in the thread that does the work,
/// and from as many threads at once as that has; it calls no two at once from one thread. What the
/// struct throws is ignored. Without a struct it costs a null test.
class Observer {
public:
    Observer() = default;

    template <class O>
        requires(!std::same_as<std::remove_cvref_t<O>, Observer> && std::is_class_v<O>)
    Observer(O observer) {
        static_assert(detail::explain_observer<O>());
        static_assert(detail::hears_any<O, detail::AllTold>);
        ears_ = std::make_shared<detail::Hearing<O>>(std::move(observer));
    }

    /// Whether the struct has a function for it.
    template <class Told>
    [[nodiscard]] bool hears() const {
        return ears_ && ears_->detail::Ear<Told>::hear;
    }

    /// For parts of the library: tells it what `make` returns, which is called only if it hears.
    template <class Make>
    void tell(Make&& make) const {
        using Told = std::remove_cvref_t<decltype(make())>;
        if (!hears<Told>()) [[likely]]
            return;
        EVENTSOURCING_TRY {
            ears_->detail::Ear<Told>::hear(*ears_, make());
        }
        EVENTSOURCING_CATCH(...) {}
    }

private:
    using Ears = detail::Ears<detail::AllTold>;

    std::shared_ptr<Ears> ears_;
};

} // namespace eventsourcing

#endif
