// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_UNWRAPPED_EVENTS_HPP
#define EVENTSOURCING_RUNTIME_UNWRAPPED_EVENTS_HPP

#include <eventsourcing/core/alternatives.hpp>
#include <eventsourcing/core/events.hpp>

#include <array>
#include <cstddef>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

namespace eventsourcing::detail {

template <class T>
void delete_as(void* value) {
    delete static_cast<T*>(value);
}

/// Objects whose types only their makers know.
class Unwrapped {
public:
    struct One {
        std::size_t index;
        void* value;
        void (*destroy)(void* value);
    };

    explicit Unwrapped(std::size_t count) { all_.reserve(count); }
    Unwrapped(const Unwrapped&) = delete;
    Unwrapped& operator=(const Unwrapped&) = delete;
    ~Unwrapped() {
        for (const One& one : all_)
            one.destroy(one.value);
    }

    void add(const One& one) { all_.push_back(one); }
    [[nodiscard]] const std::vector<One>& all() const { return all_; }

private:
    std::vector<One> all_;
};

/// Takes a struct out of its variant.
struct Unwrap {
    std::size_t index;
    Unwrapped& out;

    template <class E>
    void operator()(E&& event) const {
        using Plain = std::remove_cvref_t<E>;
        out.add({index, new Plain(std::forward<E>(event)), &delete_as<Plain>});
    }
};

/// Events that are set aside, each as the struct that it is: a caller that only sets them aside
/// need not compile the moving of variants, which is a chain of functions for each of their
/// structs. Copies share the events.
template <class Event>
class UnwrappedEvents {
public:
    /// None may be valueless.
    // NOLINTNEXTLINE(google-explicit-constructor): a `PendingAppend` is made of `Events`
    UnwrappedEvents(Events<Event>&& events)
        : unwrapped_(std::make_shared<Unwrapped>(events.size())) {
        for (Event& event : events)
            visit_alternative(std::move(event), Unwrap{index_of(event), *unwrapped_});
    }

    /// Copies, in order.
    [[nodiscard]] Events<Event> wrapped() const {
        return wrapped(std::make_index_sequence<Alternatives<Event>::size>{});
    }

private:
    static std::size_t index_of(const Event& event) {
        if constexpr (is_variant<Event>)
            return event.index();
        else
            return 0;
    }

    template <std::size_t I>
    static void wrap(Events<Event>& out, const void* value) {
        if constexpr (is_variant<Event>)
            out.emplace_back(std::in_place_index<I>,
                             *static_cast<const std::variant_alternative_t<I, Event>*>(value));
        else
            out.emplace_back(*static_cast<const Event*>(value));
    }
    template <std::size_t... I>
    [[nodiscard]] Events<Event> wrapped(std::index_sequence<I...> /*indexes*/) const {
        static constexpr std::array wraps{&wrap<I>...};
        Events<Event> out;
        out.reserve(unwrapped_->all().size());
        for (const Unwrapped::One& one : unwrapped_->all())
            wraps[one.index](out, one.value);
        return out;
    }

    std::shared_ptr<Unwrapped> unwrapped_;
};

} // namespace eventsourcing::detail

#endif
