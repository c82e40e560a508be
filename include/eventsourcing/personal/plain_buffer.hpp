// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_PERSONAL_PLAIN_BUFFER_HPP
#define EVENTSOURCING_PERSONAL_PLAIN_BUFFER_HPP

#include <eventsourcing/core/require_cxx20.hpp>

#include <openssl/crypto.h>

#include <array>
#include <cstddef>
#include <memory>
#include <string_view>

namespace eventsourcing::detail::personal {

/// Bytes in the clear, overwritten at the end; without an allocation if they are few.
class PlainBuffer {
public:
    PlainBuffer() = default;
    PlainBuffer(const PlainBuffer&) = delete;
    PlainBuffer& operator=(const PlainBuffer&) = delete;
    ~PlainBuffer() { OPENSSL_cleanse(data(), size_); }

    /// Called once.
    void make(std::size_t size) {
        if (size > few_.size())
            many_.reset(new char[size]);
        size_ = size;
    }
    [[nodiscard]] char* data() { return many_ ? many_.get() : few_.data(); }
    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] std::string_view view() { return {data(), size_}; }

private:
    std::array<char, 512> few_;
    std::unique_ptr<char[]> many_{};
    std::size_t size_ = 0;
};

} // namespace eventsourcing::detail::personal

#endif
