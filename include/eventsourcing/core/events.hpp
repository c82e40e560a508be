// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CORE_EVENTS_HPP
#define EVENTSOURCING_CORE_EVENTS_HPP

#include <concepts>
#include <cstddef>
#include <initializer_list>
#include <memory>
#include <type_traits>
#include <utility>

namespace eventsourcing {

/// What a `handle_command` returns that has nothing to tell: no event, and no error either.
struct Nothing {
    constexpr bool operator==(const Nothing&) const = default;
};
inline constexpr Nothing nothing{};

/// The events that one command emits, in order. Up to two are kept without an allocation.
/// `return {EntityAttacked{...}, EntityDied{...}};` makes one, also inside a `Result`.
template <class Event>
class Events {
public:
    using value_type = Event;
    using BraceListTag = void;

    constexpr Events() noexcept = default;
    // NOLINTNEXTLINE(google-explicit-constructor): `return es::nothing;`
    constexpr Events(Nothing /*none*/) noexcept {}

    template <class... Es>
        requires(sizeof...(Es) > 0 && (std::convertible_to<Es, Event> && ...))
    // NOLINTNEXTLINE(google-explicit-constructor): `return EntityAttacked{...};`
    constexpr Events(Es&&... events) {
        reserve(sizeof...(Es));
        (emplace_back(std::forward<Es>(events)), ...);
    }

    constexpr Events(const Events& other) {
        reserve(other.size_);
        for (const Event& event : other)
            emplace_back(event);
    }
    constexpr Events(Events&& other) noexcept(std::is_nothrow_move_constructible_v<Event>) {
        take(other);
    }
    constexpr Events&
    operator=(Events other) noexcept(std::is_nothrow_move_constructible_v<Event>) {
        release();
        take(other);
        return *this;
    }
    constexpr ~Events() { release(); }

    template <class... Args>
        requires std::constructible_from<Event, Args...>
    constexpr Event& emplace_back(Args&&... args) {
        if (size_ == capacity_)
            grow(std::forward<Args>(args)...);
        else
            std::construct_at(data_ + size_, std::forward<Args>(args)...);
        return data_[size_++];
    }
    constexpr void push_back(Event event) { emplace_back(std::move(event)); }

    constexpr void reserve(std::size_t count) {
        if (count > capacity_)
            move_to(count);
    }

    [[nodiscard]] constexpr std::size_t size() const noexcept { return size_; }
    [[nodiscard]] constexpr bool empty() const noexcept { return size_ == 0; }
    [[nodiscard]] constexpr const Event* data() const noexcept { return data_; }
    [[nodiscard]] constexpr const Event* begin() const noexcept { return data_; }
    [[nodiscard]] constexpr const Event* end() const noexcept { return data_ + size_; }
    [[nodiscard]] constexpr Event* begin() noexcept { return data_; }
    [[nodiscard]] constexpr Event* end() noexcept { return data_ + size_; }
    [[nodiscard]] constexpr const Event& operator[](std::size_t i) const { return data_[i]; }
    [[nodiscard]] constexpr const Event& front() const { return data_[0]; }
    [[nodiscard]] constexpr const Event& back() const { return data_[size_ - 1]; }

private:
    static constexpr std::size_t inline_capacity = 2;

    // Constant expressions can't use raw storage: there, every event is on the (transient) heap.
    constexpr Event* inline_data() noexcept {
        if (std::is_constant_evaluated())
            return nullptr;
        void* raw = storage_;
        return static_cast<Event*>(raw);
    }
    constexpr std::size_t initial_capacity() const noexcept {
        return std::is_constant_evaluated() ? 0 : inline_capacity;
    }
    [[nodiscard]] constexpr bool on_heap() noexcept { return data_ != inline_data(); }

    template <class... Args>
    constexpr void grow(Args&&... args) {
        // The new event first: its arguments may be part of an event that is about to move.
        const std::size_t capacity = capacity_ < 2 ? 4 : 2 * capacity_;
        Event* data = std::allocator<Event>{}.allocate(capacity);
        std::construct_at(data + size_, std::forward<Args>(args)...);
        adopt(data, capacity);
    }
    constexpr void move_to(std::size_t capacity) {
        adopt(std::allocator<Event>{}.allocate(capacity), capacity);
    }
    constexpr void adopt(Event* data, std::size_t capacity) {
        for (std::size_t i = 0; i < size_; ++i)
            std::construct_at(data + i, std::move(data_[i]));
        const std::size_t size = size_;
        release();
        data_ = data;
        capacity_ = capacity;
        size_ = size;
    }
    constexpr void take(Events& other) {
        if (other.on_heap()) {
            data_ = std::exchange(other.data_, other.inline_data());
            capacity_ = std::exchange(other.capacity_, other.initial_capacity());
            size_ = std::exchange(other.size_, 0);
            return;
        }
        for (std::size_t i = 0; i < other.size_; ++i)
            std::construct_at(data_ + i, std::move(other.data_[i]));
        size_ = other.size_;
    }
    constexpr void release() {
        for (std::size_t i = 0; i < size_; ++i)
            std::destroy_at(data_ + i);
        if (on_heap())
            std::allocator<Event>{}.deallocate(data_, capacity_);
        data_ = inline_data();
        capacity_ = initial_capacity();
        size_ = 0;
    }

    Event* data_ = inline_data();
    std::size_t size_ = 0;
    std::size_t capacity_ = initial_capacity();
    alignas(Event) unsigned char storage_[inline_capacity * sizeof(Event)];
};

} // namespace eventsourcing

#endif
