# Warnings, hardening and sanitizers of our own targets, as one interface target.
add_library(rdbproof_options INTERFACE)
target_compile_options(rdbproof_options INTERFACE
  -Wall -Wextra -Wshadow -Wconversion -Wno-sign-conversion -Werror
  # False alarms of g++ 12 on string concatenation (GCC bug 105651).
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>
  # And on the frames of Boost.Asio's coroutines, with sanitizers.
  $<$<CXX_COMPILER_ID:GNU>:-Wno-mismatched-new-delete>
  -fno-strict-aliasing -fstack-protector-strong)
target_include_directories(rdbproof_options INTERFACE ${PROJECT_SOURCE_DIR})
if(CMAKE_BUILD_TYPE STREQUAL "Release")
  target_compile_options(rdbproof_options INTERFACE -O3)
endif()
if(RDBPROOF_FUZZ)
  # What clang alone warns of is no reason not to fuzz.
  target_compile_options(rdbproof_options INTERFACE -Wno-error)
  # No coverage of what chooses no way by the bytes of the input, and costs most of the time.
  set(not_covered rdbproof_hash rdbproof_report)
  target_compile_options(rdbproof_options INTERFACE
    $<$<NOT:$<IN_LIST:$<TARGET_PROPERTY:NAME>,${not_covered}>>:-fsanitize=fuzzer-no-link>)
endif()
if(RDBPROOF_SANITIZE)
  target_compile_options(rdbproof_options INTERFACE
    -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
    # g++ says of its own option that it alarms falsely with sanitizers; the Release build warns.
    $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
  target_compile_definitions(rdbproof_options INTERFACE _GLIBCXX_ASSERTIONS)
  target_link_options(rdbproof_options INTERFACE -fsanitize=address,undefined)
endif()
