// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CORE_EVENTS_HPP
#define EVENTSOURCING_CORE_EVENTS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/alternatives.hpp>
#include <eventsourcing/core/error.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/core/lifetimebound.hpp>
#include <eventsourcing/core/result.hpp>

#include <concepts>
#include <cstddef>
#include <initializer_list>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

namespace eventsourcing {

/// What `handle_command` returns if there is no event and no error.
struct Nothing {
    constexpr bool operator==(const Nothing&) const = default;
};
inline constexpr Nothing nothing{};

namespace detail {

// The name is what the compiler shows in a constant expression, where this can't be called. As it
// is noexcept, the program ends and prints the text.
[[noreturn, gnu::cold, gnu::noinline]] inline void
es_there_is_no_such_event_check_the_size_first(std::size_t i, std::size_t size) noexcept {
    bad_result(Error(
        errc::invalid,
        joined({"eventsourcing: event ", std::to_string(i), " of a list of ", std::to_string(size),
                " events was used; a command may emit none: check empty() or size() "
                "first"})));
}

} // namespace detail

/// The events that one command emits, in order. Up to two are kept without an allocation.
/// `return {EntityAttacked{...}, EntityDied{...}};` makes one, also inside a `Result`.
///
/// An event that does not exist (`events[i]`, `front`, `back`) is undefined, and checked as
/// `*result` of an error is.
template <class Event>
class Events {
public:
    using value_type = Event;
    using BraceListTag = void;

    constexpr Events() noexcept {
        if (std::is_constant_evaluated())
            heap_ = nullptr;
    }
    constexpr Events(Nothing /*none*/) noexcept : Events() {}

    template <class... Es>
        requires(sizeof...(Es) > 0 && (!std::same_as<std::remove_cvref_t<Es>, Events> && ...) &&
                 (detail::ConvertsToAlternative<Es, Event> && ...))
    constexpr Events(Es&&... events) : Events() {
        make_room(sizeof...(Es));
        (append_event(std::forward<Es>(events)), ...);
    }

    constexpr Events(const Events& other) : Events() {
        make_room(other.size_);
        for (const Event& event : other)
            append_like(event);
    }
    constexpr Events(Events&& other) noexcept(std::is_nothrow_move_constructible_v<Event>)
        : Events() {
        take(other);
    }
    constexpr Events& operator=(const Events& other) {
        return *this = Events(other); // the copy first: if it throws, nothing has changed
    }
    constexpr Events&
    operator=(Events&& other) noexcept(std::is_nothrow_move_constructible_v<Event>) {
        if (this != &other) {
            release();
            take(other);
        }
        return *this;
    }
    constexpr ~Events() { release(); }

    template <class... Args>
        requires std::constructible_from<Event, Args...>
    constexpr Event& emplace_back(Args&&... args) {
        if (size_ < capacity_)
            return append(std::forward<Args>(args)...);
        // The new event first: its arguments may be part of an event that is about to move.
        Event added(std::forward<Args>(args)...);
        reserve(2 * size_ + 2);
        return append(std::move(added));
    }
    constexpr void push_back(Event event) { emplace_back(std::move(event)); }

    constexpr void reserve(std::size_t count) {
        if (count > capacity_)
            move_to_heap(count);
    }

    [[nodiscard]] constexpr std::size_t size() const noexcept { return size_; }
    [[nodiscard]] constexpr bool empty() const noexcept { return size_ == 0; }
    [[nodiscard]] constexpr const Event* data() const noexcept EVENTSOURCING_LIFETIMEBOUND {
        if (std::is_constant_evaluated() || on_heap())
            return heap_;
        const void* raw = inline_;
        return static_cast<const Event*>(raw);
    }
    [[nodiscard]] constexpr Event* data() noexcept EVENTSOURCING_LIFETIMEBOUND {
        return const_cast<Event*>(std::as_const(*this).data());
    }
    [[nodiscard]] constexpr const Event* begin() const noexcept EVENTSOURCING_LIFETIMEBOUND {
        return data();
    }
    [[nodiscard]] constexpr const Event* end() const noexcept EVENTSOURCING_LIFETIMEBOUND {
        return data() + size_;
    }
    [[nodiscard]] constexpr Event* begin() noexcept EVENTSOURCING_LIFETIMEBOUND { return data(); }
    [[nodiscard]] constexpr Event* end() noexcept EVENTSOURCING_LIFETIMEBOUND {
        return data() + size_;
    }
    [[nodiscard]] constexpr const Event&
    operator[](std::size_t i) const EVENTSOURCING_LIFETIMEBOUND {
        return expect_event(i), data()[i];
    }
    [[nodiscard]] constexpr const Event& front() const EVENTSOURCING_LIFETIMEBOUND {
        return expect_event(0), data()[0];
    }
    [[nodiscard]] constexpr const Event& back() const EVENTSOURCING_LIFETIMEBOUND {
        return expect_event(0), data()[size_ - 1];
    }

private:
    static constexpr std::size_t inline_capacity = 2;

    static constexpr std::size_t initial_capacity() noexcept {
        return std::is_constant_evaluated() ? 0 : inline_capacity;
    }
    [[nodiscard]] constexpr bool on_heap() const noexcept { return capacity_ > initial_capacity(); }

    constexpr void expect_event([[maybe_unused]] std::size_t i) const noexcept {
#if !defined(NDEBUG) || defined(_GLIBCXX_ASSERTIONS)
        if (i >= size_)
            detail::es_there_is_no_such_event_check_the_size_first(i, size_);
#endif
    }

    /// There must be no event yet. (Apart from `reserve`, so that making events moves none.)
    constexpr void make_room(std::size_t count) {
        if (count <= capacity_)
            return;
        const std::size_t capacity = count > inline_capacity ? count : inline_capacity + 1;
        heap_ = std::allocator<Event>{}.allocate(capacity);
        capacity_ = capacity;
    }
    constexpr void move_to_heap(std::size_t count) {
        Events bigger;
        bigger.make_room(count > inline_capacity ? count : inline_capacity + 1);
        for (Event& event : *this)
            bigger.append_like(std::move(event));
        release();
        take(bigger);
    }

    /// There must be room for it.
    template <class... Args>
    constexpr Event& append(Args&&... args) {
        Event* const added = std::construct_at(data() + size_, std::forward<Args>(args)...);
        ++size_;
        return *added;
    }
    /// The same for one argument; an alternative of the variant is made in its place.
    template <class E>
    constexpr Event& append_event(E&& event) {
        using Plain = std::remove_cvref_t<E>;
        using List = detail::Alternatives<Event>;
        if constexpr (detail::is_variant<Event> && detail::is_once_among<Plain, List>)
            return append(std::in_place_index<detail::index_among<Plain, List>>,
                          std::forward<E>(event));
        else
            return append(std::forward<E>(event));
    }
    /// An event copied or moved from another.
    template <class E>
    constexpr void append_like(E&& event) {
        if (std::is_constant_evaluated()) {
            append(std::forward<E>(event));
        } else {
            detail::construct_alternative(data() + size_, std::forward<E>(event));
            ++size_;
        }
    }
    /// These events must be new or released.
    constexpr void take(Events& other) noexcept(std::is_nothrow_move_constructible_v<Event>) {
        if (other.on_heap()) {
            heap_ = std::exchange(other.heap_, nullptr);
            capacity_ = std::exchange(other.capacity_, initial_capacity());
            size_ = std::exchange(other.size_, 0);
            return;
        }
        for (Event& event : other) { // never in a constant expression
            detail::construct_alternative(data() + size_, std::move(event));
            ++size_;
        }
    }
    constexpr void release() noexcept {
        for (Event& event : *this)
            detail::destroy_alternative(event);
        size_ = 0;
        if (on_heap()) {
            std::allocator<Event>{}.deallocate(heap_, capacity_);
            heap_ = nullptr;
            capacity_ = initial_capacity();
        }
    }

    std::size_t size_ = 0;
    std::size_t capacity_ = initial_capacity();
    // Constant expressions can't use raw storage: there, every event is on the (transient) heap.
    union {
        Event* heap_;
        alignas(Event) unsigned char inline_[inline_capacity * sizeof(Event)];
    };
};

} // namespace eventsourcing

#endif
