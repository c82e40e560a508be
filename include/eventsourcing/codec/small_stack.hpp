// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CODEC_SMALL_STACK_HPP
#define EVENTSOURCING_CODEC_SMALL_STACK_HPP

#include <eventsourcing/core/require_cxx20.hpp>

#include <cstddef>
#include <cstring>
#include <new>
#include <type_traits>

namespace eventsourcing::detail {

/// A stack whose first `Inline` elements need no allocation. Pushing may move the elements.
template <class T, std::size_t Inline>
class SmallStack {
    static_assert(std::is_trivially_copyable_v<T>);

public:
    SmallStack() = default;
    SmallStack(const SmallStack&) = delete;
    SmallStack& operator=(const SmallStack&) = delete;
    ~SmallStack() {
        if (data_ != inline_data())
            ::operator delete(data_);
    }

    void push(const T& value) {
        if (size_ == capacity_)
            grow();
        std::memcpy(data_ + size_++, &value, sizeof value);
    }
    void shrink(std::size_t size) { size_ = size; }

    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] T& operator[](std::size_t i) { return data_[i]; }
    /// The elements from `from` on; valid until the next push.
    [[nodiscard]] T* from(std::size_t i) { return data_ + i; }

private:
    T* inline_data() { return reinterpret_cast<T*>(inline_); }
    [[gnu::noinline]] void grow() {
        auto* const more = static_cast<T*>(::operator new(2 * capacity_ * sizeof(T)));
        std::memcpy(more, data_, size_ * sizeof(T));
        if (data_ != inline_data())
            ::operator delete(data_);
        data_ = more;
        capacity_ *= 2;
    }

    alignas(T) unsigned char inline_[Inline * sizeof(T)]; // left uninitialized on purpose
    T* data_ = inline_data();
    std::size_t size_ = 0;
    std::size_t capacity_ = Inline;
};

} // namespace eventsourcing::detail

#endif
