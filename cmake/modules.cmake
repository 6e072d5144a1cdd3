# add_module(NAME SOURCES... [DEPENDS modules...] [LIBRARIES third-party targets...])
# One folder under engine/ is one static library, rdbproof_NAME. engine/MODULES lists which module
# may include which; tests/layers_test.py holds it.
function(add_module name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS;LIBRARIES" ${ARGN})
  list(TRANSFORM ARG_SOURCES PREPEND "${PROJECT_SOURCE_DIR}/engine/${name}/")
  list(TRANSFORM ARG_DEPENDS PREPEND rdbproof_)
  if(ARG_SOURCES)
    add_library(rdbproof_${name} STATIC ${ARG_SOURCES})
    target_link_libraries(rdbproof_${name}
      PRIVATE rdbproof_options PUBLIC ${ARG_DEPENDS} ${ARG_LIBRARIES})
  else()
    add_library(rdbproof_${name} INTERFACE)
    target_link_libraries(rdbproof_${name} INTERFACE ${ARG_DEPENDS} ${ARG_LIBRARIES})
  endif()
endfunction()
