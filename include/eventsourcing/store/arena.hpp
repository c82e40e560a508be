// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_STORE_ARENA_HPP
#define EVENTSOURCING_STORE_ARENA_HPP

#include <eventsourcing/core/require_cxx20.hpp>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace eventsourcing::detail {

/// Keeps bytes at addresses that never move, in blocks that double up to 1 MiB; freed all at once.
class Arena {
public:
    Arena() = default;
    Arena(Arena&& other) noexcept
        : blocks_(std::move(other.blocks_)),
          free_(std::exchange(other.free_, nullptr)),
          left_(std::exchange(other.left_, 0)) {
        other.blocks_.clear();
    }
    Arena& operator=(Arena&& other) noexcept {
        blocks_ = std::move(other.blocks_);
        other.blocks_.clear();
        free_ = std::exchange(other.free_, nullptr);
        left_ = std::exchange(other.left_, 0);
        return *this;
    }

    /// Uninitialised room for `size` bytes, aligned for any scalar.
    [[nodiscard]] char* room(std::size_t size) {
        size = (size + alignof(std::max_align_t) - 1) & ~(alignof(std::max_align_t) - 1);
        if (size > left_)
            grow(size);
        left_ -= size;
        return std::exchange(free_, free_ + size);
    }

    [[nodiscard]] std::string_view keep(std::string_view text) {
        if (text.empty())
            return {};
        char* at = room(text.size());
        std::memcpy(at, text.data(), text.size());
        return {at, text.size()};
    }

    [[nodiscard]] std::span<const std::string_view> keep(std::span<const std::string_view> texts) {
        return keep_each(texts, [this](std::string_view text) { return keep(text); });
    }

    /// Keeps only the views: what they view lives at least as long.
    [[nodiscard]] std::span<const std::string_view>
    keep_views(std::span<const std::string_view> texts) {
        return keep_each(texts, [](std::string_view text) { return text; });
    }

private:
    template <class F>
    std::span<const std::string_view> keep_each(std::span<const std::string_view> texts, F&& kept) {
        if (texts.empty())
            return {};
        void* raw = room(texts.size_bytes());
        auto* at = static_cast<std::string_view*>(raw);
        for (std::size_t i = 0; i < texts.size(); ++i)
            std::construct_at(at + i, kept(texts[i]));
        return {at, texts.size()};
    }

    void grow(std::size_t size) {
        const std::size_t shift = std::min<std::size_t>(blocks_.size(), 8);
        const std::size_t block = std::max(size, std::size_t{4096} << shift);
        blocks_.push_back(std::make_unique_for_overwrite<char[]>(block));
        free_ = blocks_.back().get();
        left_ = block;
    }

    std::vector<std::unique_ptr<char[]>> blocks_;
    char* free_ = nullptr;
    std::size_t left_ = 0;
};

} // namespace eventsourcing::detail

#endif
